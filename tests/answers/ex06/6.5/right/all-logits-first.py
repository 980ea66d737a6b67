def evaluate_model(model, dataloader, criterion, device="auto"):
    place = resolve_device(device)
    model.to(place)
    criterion.to(place)
    before = model.training
    model.train(False)
    all_logits, all_labels = [], []
    for features, labels in dataloader:
        with torch.no_grad():
            all_logits.append(forward_batch(model, features.to(place)))
        all_labels.append(labels.to(place))
    if before:
        model.train()
    if len(all_logits) == 0:
        raise ValueError("the dataloader is empty")
    weights = [len(labels) for labels in all_labels]
    losses = [criterion(z, y).item() * n for z, y, n in zip(all_logits, all_labels, weights)]
    answers = torch.cat(all_logits).cpu().numpy().argmax(axis=1)
    truth = torch.cat(all_labels).cpu().numpy()
    return sum(losses) / sum(weights), float((answers == truth).mean())
