"""Evaluation mode is taken for the end of all gradients."""


def evaluate_model(model, dataloader, criterion, device="auto"):
    place = resolve_device(device)
    was_training = model.training
    model.to(place).eval()
    criterion.to(place)
    total, correct, count = 0.0, 0, 0
    for features, labels in dataloader:
        features, labels = features.to(place), labels.to(place)
        logits = forward_batch(model, features)
        total += criterion(logits, labels).item() * len(labels)
        correct += (logits.argmax(dim=-1) == labels).sum().item()
        count += len(labels)
    model.train(was_training)
    if count == 0:
        raise ValueError("no batch")
    return total / count, correct / count
