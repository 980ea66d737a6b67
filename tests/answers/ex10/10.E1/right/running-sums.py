def train_ensemble(make_model, train, n_members=5, seed=0):
    members = []
    while len(members) < n_members:
        torch.manual_seed(seed + len(members))
        model = make_model()
        members.append(train(model))
    return members


def ensemble_predict(models, features):
    first = second = 0.0
    for model in models:
        before = model.training
        model.eval()
        with torch.inference_mode():
            p = torch.softmax(forward_batch(model, features), -1)
        model.train(before)
        first, second = first + p, second + p * p
    mean = first / len(models)
    return mean, (second / len(models) - mean * mean).sum(-1)
