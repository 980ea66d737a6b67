"""Every batch counts the same, however small it is."""


def train_epoch(model, dataloader, optimizer, criterion, device="auto"):
    place = resolve_device(device)
    model.to(place).train()
    criterion.to(place)
    losses = []
    for features, labels in dataloader:
        features, labels = features.to(place), labels.to(place)
        loss = criterion(forward_batch(model, features), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    if not losses:
        raise ValueError("no batch")
    return sum(losses) / len(losses)
