def active_learning(
    fit,
    score,
    uncertainty,
    n_pool,
    *,
    strategy="uncertain",
    n_start=20,
    n_query=20,
    n_rounds=8,
    seed=0,
):
    """The whole pool is asked about; what is labelled comes last, as if it were less than certain."""
    if strategy not in {"uncertain", "random"}:
        raise ValueError(strategy)
    generator = np.random.default_rng(seed)
    pool = np.arange(n_pool)
    labelled = generator.choice(pool, n_start, replace=False)
    curve = []
    for _ in range(n_rounds):
        model = fit(labelled)
        curve.append((len(labelled), score(model)))
        if strategy == "random":
            doubt = generator.random(n_pool)
        else:
            doubt = np.array(uncertainty(model, pool), dtype=float)
        doubt[labelled] = -1
        labelled = np.append(labelled, np.argsort(doubt)[::-1][:n_query])
    return curve
