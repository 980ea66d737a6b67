def train_epoch(model, dataloader, optimizer, criterion, device="auto"):
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    model.to(device)
    criterion.to(device)
    total = torch.zeros((), device=device)
    count = 0
    for features, labels in dataloader:
        model.train()
        model.zero_grad(set_to_none=False)
        features = features.to(device)
        labels = labels.to(device)
        times, lengths = unpack_batch(features)
        wanted = inspect.signature(model.forward).parameters
        arguments = [features]
        if "times" in wanted:
            arguments.append(times)
        if "lengths" in wanted:
            arguments.append(lengths)
        loss = criterion(model(*arguments), labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 100.0)
        optimizer.step()
        total += loss.detach() * labels.numel()
        count += labels.numel()
    if not count:
        raise ValueError("no batches")
    return (total / count).item()
