import numpy as np


def train_epoch(model, dataloader, optimizer, criterion, device="auto"):
    device = resolve_device(device)
    model = model.to(device)
    criterion = criterion.to(device)
    model.train(True)
    losses, sizes = [], []
    for batch in dataloader:
        x, y = (tensor.to(device, non_blocking=True) for tensor in batch)
        for parameter in model.parameters():
            parameter.grad = None
        logits = forward_batch(model, x)
        loss = criterion(logits, y)
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
        sizes.append(x.size(0))
    if not losses:
        raise ValueError("empty dataloader")
    return float(np.average(losses, weights=sizes))
