def train_ensemble(make_model, train, n_members=5, seed=0):
    def member(number):
        torch.manual_seed(number)
        return train(make_model())

    return [member(number) for number in range(seed, seed + n_members)]


@torch.no_grad()
def ensemble_predict(models, features):
    modes = [model.training for model in models]
    p = torch.stack([F.softmax(forward_batch(model.eval(), features), dim=1) for model in models])
    for model, mode in zip(models, modes):
        model.train(mode)
    mean = p.mean(0)
    return mean, ((p - mean) ** 2).mean(0).sum(1)
