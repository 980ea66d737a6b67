def choose_threshold(score, is_tde, min_precision):
    best, right = math.inf, 0
    order = np.argsort(-score, kind="stable")
    for n, i in enumerate(order, 1):
        right += bool(is_tde[i])
        if right / n >= min_precision:
            best = score[i]
    return float(best)
