def purity_completeness(is_target, score):
    from sklearn.metrics import precision_recall_curve

    purity, completeness, threshold = precision_recall_curve(is_target, score)
    table = pd.DataFrame(
        {"purity": purity[:-1], "completeness": completeness[:-1], "threshold": threshold}
    )
    return table.iloc[::-1].reset_index(drop=True)


def recall_in_bins(is_target, listed, value, edges):
    value, listed = value[is_target], listed[is_target]
    which = np.digitize(value, edges) - 1
    which[np.isnan(value)] = -1
    n = np.array([np.sum(which == i) for i in range(len(edges) - 1)])
    hits = np.array([np.sum(listed[which == i]) for i in range(len(edges) - 1)])
    with np.errstate(invalid="ignore", divide="ignore"):
        recall = hits / n
        error = np.sqrt(recall * (1 - recall) / n)
    centre = 0.5 * (edges[:-1] + edges[1:])
    return pd.DataFrame({"centre": centre, "targets": n, "recall": recall, "error": error})


def log_chart(run, key, table, x, y, title):
    table = wandb.Table(dataframe=table.dropna(subset=[x]).dropna(subset=[y]))
    chart = wandb.plot.line(table, x, y, title=title)
    run.log(commit=False, data={key: chart})
