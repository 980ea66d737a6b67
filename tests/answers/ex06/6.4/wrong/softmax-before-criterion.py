"""The criterion wants logits and gets probabilities."""


def train_epoch(model, dataloader, optimizer, criterion, device="auto"):
    place = resolve_device(device)
    model.to(place).train()
    criterion.to(place)
    total, count = 0.0, 0
    for features, labels in dataloader:
        features, labels = features.to(place), labels.to(place)
        loss = criterion(F.softmax(forward_batch(model, features), dim=-1), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
        count += len(labels)
    if count == 0:
        raise ValueError("no batch")
    return total / count
