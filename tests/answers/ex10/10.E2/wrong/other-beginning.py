def active_learning(
    fit, score, uncertainty, n_pool, *, strategy="uncertain", n_start=20, n_query=20, n_rounds=8, seed=0
):
    if strategy not in ("uncertain", "random"):
        raise ValueError(f"there is no strategy {strategy!r}")
    rng = np.random.default_rng(seed)
    if strategy == "random":
        rng.random()
    labelled = rng.choice(n_pool, n_start, replace=False)
    curve = []
    for _ in range(n_rounds):
        model = fit(labelled)
        curve.append((len(labelled), float(score(model))))
        waiting = np.setdiff1d(np.arange(n_pool), labelled)
        if strategy == "random":
            chosen = rng.choice(waiting, n_query, replace=False)
        else:
            chosen = waiting[np.argsort(uncertainty(model, waiting))[-n_query:]]
        labelled = np.concatenate([labelled, chosen])
    return curve
