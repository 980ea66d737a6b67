"""The tracker gets the tensor, and keeps all that belongs to it."""


def run_epoch(
    model: nn.Module,
    loader: DataLoader,
    criterion: nn.Module,
    tracker: MetricsTracker,
    optimizer: Optimizer | None = None,
    device: str = "auto",
) -> dict[str, float]:
    place, training = resolve_device(device), optimizer is not None
    model.to(place).train(training)
    criterion.to(place)
    tracker.reset()
    with torch.set_grad_enabled(training):
        for features, labels in loader:
            features, labels = features.to(place), labels.to(place)
            logits = forward_batch(model, features)  # (batch, num_classes)
            loss = criterion(logits, labels)
            if optimizer is not None:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            tracker.update(logits, labels, loss)
    return tracker.compute_metrics()
