"""The network is left in the mode in which it comes."""


def train_epoch(model, dataloader, optimizer, criterion, device="auto"):
    place = resolve_device(device)
    model.to(place)
    criterion.to(place)
    total, count = 0.0, 0
    for features, labels in dataloader:
        features, labels = features.to(place), labels.to(place)
        loss = criterion(forward_batch(model, features), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
        count += len(labels)
    if count == 0:
        raise ValueError("no batch")
    return total / count
