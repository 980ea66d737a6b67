def train_ensemble(make_model, train, n_members=5, seed=0):
    members = []
    for _ in range(n_members):
        torch.manual_seed(seed)
        members.append(train(make_model()))
    return members
