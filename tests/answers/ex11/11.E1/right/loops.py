def population_stability_index(reference, current, n_bins=10):
    old = [v for v in reference.tolist() if v == v]
    new = [v for v in current.tolist() if v == v]
    if not old or not new:
        raise ValueError("nothing to compare")
    edges = [float(np.quantile(old, k / n_bins)) for k in range(1, n_bins)]
    borders = [-math.inf, *edges, math.inf]
    total = 0.0
    for low, high in zip(borders, borders[1:]):
        p = max(sum(low <= v < high for v in old) / len(old), 0.0001)
        q = max(sum(low <= v < high for v in new) / len(new), 0.0001)
        total += (q - p) * math.log(q / p)
    return total
