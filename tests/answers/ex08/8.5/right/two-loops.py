def class_weights(loader, num_classes):
    counts = [0] * num_classes
    for _, labels in loader:
        for label in labels.tolist():
            counts[label] += 1
    n, k = sum(counts), sum(count > 0 for count in counts)
    return torch.tensor([n / (k * count) if count else 1.0 for count in counts])


def run_epoch(model, loader, criterion, tracker, optimizer=None, device="auto"):
    place = resolve_device(device)
    model = model.to(place)
    criterion = criterion.to(place)
    tracker.reset()
    if optimizer is None:
        model.eval()
        for features, labels in loader:
            with torch.inference_mode():
                logits = forward_batch(model, features.to(place))
                loss = criterion(logits, labels.to(place))
            tracker.update(logits.cpu(), labels, float(loss))
    else:
        model.train()
        for features, labels in loader:
            optimizer.zero_grad(set_to_none=False)
            logits = forward_batch(model, features.to(place))
            loss = criterion(logits, labels.to(place))
            loss.backward()
            optimizer.step()
            tracker.update(logits.detach().cpu(), labels, float(loss.detach()))
    return tracker.compute_metrics()
