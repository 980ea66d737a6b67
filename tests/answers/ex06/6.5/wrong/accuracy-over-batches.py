"""The mean of the batches' accuracies."""


def evaluate_model(model, dataloader, criterion, device="auto"):
    place = resolve_device(device)
    was_training = model.training
    model.to(place).eval()
    criterion.to(place)
    total, count, accuracies = 0.0, 0, []
    with torch.no_grad():
        for features, labels in dataloader:
            features, labels = features.to(place), labels.to(place)
            logits = forward_batch(model, features)
            total += criterion(logits, labels).item() * len(labels)
            accuracies.append((logits.argmax(dim=-1) == labels).float().mean().item())
            count += len(labels)
    model.train(was_training)
    if count == 0:
        raise ValueError("no batch")
    return total / count, sum(accuracies) / len(accuracies)
