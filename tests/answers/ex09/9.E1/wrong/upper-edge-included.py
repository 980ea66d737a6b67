def recall_in_bins(
    is_target: np.ndarray, listed: np.ndarray, value: np.ndarray, edges: np.ndarray
) -> pd.DataFrame:
    rows = []
    for low, high in itertools.pairwise(edges):
        inside = np.asarray(is_target) & (value > low) & (value <= high)
        targets = int(inside.sum())
        recall = float(np.mean(np.asarray(listed)[inside])) if targets else np.nan
        error = np.sqrt(recall * (1 - recall) / targets) if targets else np.nan
        rows.append(
            {"centre": (low + high) / 2, "targets": targets, "recall": recall, "error": error}
        )
    return pd.DataFrame(rows)
