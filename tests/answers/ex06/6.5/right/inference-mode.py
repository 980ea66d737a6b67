@torch.inference_mode()
def evaluate_model(model, dataloader, criterion, device="auto"):
    device = resolve_device(device)
    mode = model.training
    model.eval()
    model.to(device)
    criterion.to(device)
    try:
        losses, hits = [], []
        for features, labels in dataloader:
            labels = labels.to(device)
            logits = forward_batch(model, features.to(device))
            losses += [criterion(logits, labels)] * len(labels)
            hits.append(logits.max(dim=1).indices == labels)
    finally:
        model.train(mode)
    if not losses:
        raise ValueError("nothing to evaluate")
    return torch.stack(losses).mean().item(), torch.cat(hits).float().mean().item()
