def purity_completeness(is_target, score):
    rows = []
    for threshold in sorted(set(score), reverse=True):
        listed = [target for target, value in zip(is_target, score) if value >= threshold]
        rows.append([threshold, sum(listed) / sum(is_target), sum(listed) / len(listed)])
    return pd.DataFrame(rows, columns=["threshold", "completeness", "purity"])


def recall_in_bins(is_target, listed, value, edges):
    table = pd.DataFrame({"listed": listed, "value": value})[np.asarray(is_target)]
    result = pd.DataFrame({"centre": (edges[1:] + edges[:-1]) / 2})
    groups = table.groupby(pd.cut(table["value"], edges, right=False, labels=False))["listed"]
    number = pd.RangeIndex(len(edges) - 1)
    result["targets"] = groups.size().reindex(number, fill_value=0)
    result["recall"] = groups.mean().reindex(number)
    result["error"] = np.sqrt(result["recall"] * (1 - result["recall"]) / result["targets"])
    return result


def log_chart(run, key, table, x, y, title):
    rows = table[table[x].notna() & table[y].notna()]
    data = wandb.Table(columns=list(rows.columns), data=rows.to_numpy().tolist())
    run.log({key: wandb.plot.line(data, x=x, y=y, title=title)}, step=run.step)
