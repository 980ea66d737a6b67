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
    known = is_target & ~np.isnan(value)
    targets, _ = np.histogram(value[known], bins=edges)
    found, _ = np.histogram(value[known & listed], bins=edges)
    with np.errstate(invalid="ignore"):
        recall = found / targets
        error = np.sqrt(recall * (1 - recall) / targets)
    centre = (edges[:-1] + edges[1:]) / 2
    return pd.DataFrame({"centre": centre, "targets": targets, "recall": recall, "error": error})


def log_chart(run: wandb.Run, key: str, table: pd.DataFrame, x: str, y: str, title: str) -> None:
    rows = table.dropna(subset=[x, y]).reset_index(drop=True)
    chart = wandb.plot.line(wandb.Table(dataframe=rows), x, y, title=title)
    run.log({key: chart}, commit=False)
