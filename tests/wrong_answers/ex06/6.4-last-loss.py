"""The loss of the last batch stands for all of them."""


def train_epoch(model, dataloader, optimizer, criterion, device="auto"):
    place = resolve_device(device)
    model.to(place).train()
    criterion.to(place)
    loss = None
    for features, labels in dataloader:
        features, labels = features.to(place), labels.to(place)
        loss = criterion(forward_batch(model, features), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if loss is None:
        raise ValueError("no batch")
    return loss.item()
