"""The random choice draws with replacement."""


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
    if strategy not in ("uncertain", "random"):
        raise ValueError(f"unknown strategy: {strategy!r}")
    rng = np.random.default_rng(seed)
    labelled = rng.choice(n_pool, size=n_start, replace=False)
    curve = []
    for _ in range(n_rounds):
        model = fit(labelled)
        curve.append((len(labelled), score(model)))
        rest = np.setdiff1d(np.arange(n_pool), labelled)
        if strategy == "uncertain":
            new = rest[np.argsort(-uncertainty(model, rest))[:n_query]]
        else:
            new = rng.choice(rest, size=n_query)
        labelled = np.concatenate([labelled, new])
    return curve
