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
    rng = np.random.default_rng(seed)
    known = [int(i) for i in rng.permutation(n_pool)[:n_start]]
    if strategy != "uncertain" and strategy != "random":
        raise ValueError(f"unknown strategy: {strategy}")
    curve = []
    for turn in range(n_rounds):
        model = fit(np.array(sorted(known)))
        curve.append((len(known), score(model)))
        if turn == n_rounds - 1:
            break
        rest = [i for i in range(n_pool) if i not in set(known)]
        if strategy == "random":
            known += [int(i) for i in rng.permutation(rest)[:n_query]]
        else:
            doubt = dict(zip(rest, uncertainty(model, np.array(rest))))
            known += sorted(rest, key=doubt.get, reverse=True)[:n_query]
    return curve
