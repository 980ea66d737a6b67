"""The whole model is put into training mode, its batch normalisation too."""


def mc_dropout_predict(model, features, n_samples=50):
    modes = [(module, module.training) for module in model.modules()]
    model.train()
    with torch.no_grad():
        samples = [forward_batch(model, features).softmax(dim=-1) for _ in range(n_samples)]
    for module, mode in modes:
        module.training = mode
    stacked = torch.stack(samples)
    return stacked.mean(dim=0), stacked.std(dim=0)
