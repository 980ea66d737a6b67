def train_ensemble(make_model, train, n_members=5, seed=0):
    return [train(make_model()) for _ in range(n_members)]
