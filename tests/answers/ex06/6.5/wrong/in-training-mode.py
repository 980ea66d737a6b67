"""No gradients, but dropout is on."""


def evaluate_model(model, dataloader, criterion, device="auto"):
    place = resolve_device(device)
    model.to(place)
    criterion.to(place)
    total, correct, count = 0.0, 0, 0
    with torch.no_grad():
        for features, labels in dataloader:
            features, labels = features.to(place), labels.to(place)
            logits = forward_batch(model, features)
            total += criterion(logits, labels).item() * len(labels)
            correct += (logits.argmax(dim=-1) == labels).sum().item()
            count += len(labels)
    if count == 0:
        raise ValueError("no batch")
    return total / count, correct / count
