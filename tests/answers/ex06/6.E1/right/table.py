def warmup_cosine(optimizer, num_epochs, warmup_epochs=2):
    if not 0 <= warmup_epochs < num_epochs:
        raise ValueError("impossible")
    up = np.arange(1, warmup_epochs + 1) / (warmup_epochs + 1)
    down = (1 + np.cos(np.linspace(0, np.pi, num_epochs - warmup_epochs + 1))) / 2
    table = np.concatenate([up, down]).tolist()
    return LambdaLR(optimizer, lambda epoch: table[min(epoch, num_epochs)])
