def population_stability_index(reference, current, n_bins=10):
    def shares(values):
        numbers = pd.Series(np.digitize(values, edges))
        share = numbers.value_counts(normalize=True).reindex(range(n_bins), fill_value=0)
        return np.maximum(share.to_numpy(), 1e-4)

    reference = np.sort(reference[np.isfinite(reference)])
    current = current[np.isfinite(current)]
    if min(reference.size, current.size) == 0:
        raise ValueError("empty")
    edges = np.quantile(reference, np.linspace(0, 1, n_bins + 1)[1:-1])
    p, q = shares(reference), shares(current)
    return float(np.dot(q - p, np.log(q) - np.log(p)))
