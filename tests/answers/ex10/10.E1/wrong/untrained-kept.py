def train_ensemble(make_model, train, n_members=5, seed=0):
    members = []
    for i in range(n_members):
        torch.manual_seed(seed + i)
        model = make_model()
        train(model)
        members.append(model)
    return members
