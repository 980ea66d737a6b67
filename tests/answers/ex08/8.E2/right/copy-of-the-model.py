def mc_dropout_predict(model, features, n_samples=50):
    double = copy.deepcopy(model).eval()
    for module in double.modules():
        if isinstance(module, DROPOUT_LAYERS):
            module.train()
    samples = []
    for _ in range(n_samples):  # with gradients the fast path is not taken
        samples.append(F.softmax(forward_batch(double, features), dim=1).detach())
    samples = torch.stack(samples)
    return samples.mean(0), samples.var(0, unbiased=False).sqrt()
