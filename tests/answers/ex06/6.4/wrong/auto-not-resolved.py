"""There is no device called "auto"."""


def train_epoch(model, dataloader, optimizer, criterion, device="auto"):
    model.to(device).train()
    criterion.to(device)
    total, count = 0.0, 0
    for features, labels in dataloader:
        features, labels = features.to(device), labels.to(device)
        loss = criterion(forward_batch(model, features), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
        count += len(labels)
    if count == 0:
        raise ValueError("no batch")
    return total / count
