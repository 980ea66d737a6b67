def purity_completeness(is_target: np.ndarray, score: np.ndarray) -> pd.DataFrame:
    threshold = np.unique(score)[::-1]
    listed = np.asarray(score) >= threshold[:, None]  # (thresholds, n)
    found = (listed & is_target).sum(axis=1)
    return pd.DataFrame(
        {
            "threshold": threshold,
            "purity": found / np.sum(is_target),
            "completeness": found / listed.sum(axis=1),
        }
    )
