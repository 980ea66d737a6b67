def purity_completeness(is_target: np.ndarray, score: np.ndarray) -> pd.DataFrame:
    is_target = np.asarray(is_target, dtype=bool)
    thresholds = np.unique(score)[::-1]
    rows = []
    for threshold in thresholds:
        chosen = score >= threshold
        found = np.sum(chosen & is_target)
        rows.append((threshold, found / is_target.sum(), found / chosen.sum()))
    return pd.DataFrame(rows, columns=["threshold", "completeness", "purity"])


def recall_in_bins(
    is_target: np.ndarray, listed: np.ndarray, value: np.ndarray, edges: np.ndarray
) -> pd.DataFrame:
    rows = []
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        inside = is_target & (value >= low) & (value < high)
        targets = int(inside.sum())
        recall = error = math.nan
        if targets > 0:
            recall = float(listed[inside].mean())
            error = math.sqrt(recall * (1 - recall) / targets)
        rows.append(((low + high) / 2, targets, recall, error))
    return pd.DataFrame(rows, columns=["centre", "targets", "recall", "error"])


def log_chart(run: wandb.Run, key: str, table: pd.DataFrame, x: str, y: str, title: str) -> None:
    rows = table.dropna().reset_index(drop=True)
    chart = wandb.plot.line(wandb.Table(dataframe=rows), x, y, title=title)
    run.log({key: chart}, commit=False)
