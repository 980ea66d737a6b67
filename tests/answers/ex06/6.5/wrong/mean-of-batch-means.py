"""The losses of the batches count the same."""


def evaluate_model(model, dataloader, criterion, device="auto"):
    place = resolve_device(device)
    was_training = model.training
    model.to(place).eval()
    criterion.to(place)
    losses, correct, count = [], 0, 0
    with torch.no_grad():
        for features, labels in dataloader:
            features, labels = features.to(place), labels.to(place)
            logits = forward_batch(model, features)
            losses.append(criterion(logits, labels).item())
            correct += (logits.argmax(dim=-1) == labels).sum().item()
            count += len(labels)
    model.train(was_training)
    if not losses:
        raise ValueError("no batch")
    return sum(losses) / len(losses), correct / count
