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
    generator = np.random.default_rng(seed)

    def at_random(model, waiting):
        return generator.random(len(waiting))

    try:
        rank = {"uncertain": uncertainty, "random": at_random}[strategy]
    except KeyError:
        raise ValueError(f"{strategy!r} is no strategy") from None
    labelled = np.zeros(n_pool, dtype=bool)
    labelled[generator.choice(n_pool, size=n_start, replace=False)] = True
    curve = []
    for _ in range(n_rounds):
        model = fit(np.flatnonzero(labelled))
        curve.append((int(labelled.sum()), score(model)))
        waiting = np.flatnonzero(~labelled)
        labelled[waiting[np.argpartition(rank(model, waiting), -n_query)[-n_query:]]] = True
    return curve
