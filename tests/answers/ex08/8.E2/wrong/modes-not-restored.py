"""The model is left in evaluation mode, all of it."""


def mc_dropout_predict(
    model: nn.Module, features: Tensor, n_samples: int = 50
) -> tuple[Tensor, Tensor]:
    modes = [(module, module.training) for module in model.modules()]
    fastpath = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        for module, _ in modes:
            module.training = isinstance(module, DROPOUT_LAYERS)
        with torch.no_grad():
            logits = torch.stack([forward_batch(model, features) for _ in range(n_samples)])
    finally:
        torch.backends.mha.set_fastpath_enabled(fastpath)
        model.eval()
    probabilities = logits.softmax(dim=-1)  # (n_samples, batch, num_classes)
    return probabilities.mean(dim=0), probabilities.std(dim=0)
