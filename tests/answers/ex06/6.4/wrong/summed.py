"""The losses of the batches are added up and never divided."""


def train_epoch(model, dataloader, optimizer, criterion, device="auto"):
    place = resolve_device(device)
    model.to(place).train()
    criterion.to(place)
    total, seen = 0.0, False
    for features, labels in dataloader:
        features, labels = features.to(place), labels.to(place)
        loss = criterion(forward_batch(model, features), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
        seen = True
    if not seen:
        raise ValueError("no batch")
    return total
