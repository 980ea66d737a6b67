def train_ensemble(make_model, train, n_members=5, seed=0):
    members = []
    for i in range(n_members):
        model = make_model()
        torch.manual_seed(seed + i)
        members.append(train(model))
    return members
