"""Divided by the size of the data set, of which the loader leaves some out."""


def train_epoch(model, dataloader, optimizer, criterion, device="auto"):
    place = resolve_device(device)
    model.to(place).train()
    criterion.to(place)
    if len(dataloader) == 0:
        raise ValueError("no batch")
    total = 0.0
    for features, labels in dataloader:
        features, labels = features.to(place), labels.to(place)
        loss = criterion(forward_batch(model, features), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
    return total / len(dataloader.dataset)
