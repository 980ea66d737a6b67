def choose_threshold(score, is_tde, min_precision):
    table = (
        pd.DataFrame({"score": score, "tde": is_tde}).groupby("score")["tde"].agg(["sum", "size"])
    )
    table = table.sort_index(ascending=False).cumsum()
    good = table.index[table["sum"] / table["size"] >= min_precision]
    return float(good.min()) if len(good) else math.inf


def evaluate(val, test, min_precision=0.6):
    from sklearn.metrics import accuracy_score, balanced_accuracy_score

    cal = UncertaintyCalibration()
    temperature = cal.fit_temperature(val.labels, val.probabilities)
    p_val = cal.apply_temperature(val.probabilities, temperature)
    p_test = cal.apply_temperature(test.probabilities, temperature)
    threshold = choose_threshold(p_val[:, TDE], val.labels == TDE, min_precision)
    said = p_test.argmax(axis=1)
    recalls = pd.Series(said == test.labels).groupby(test.labels).mean()
    frame = pd.DataFrame({"found": p_test[:, TDE] >= threshold, "true": test.labels == TDE})
    result = {
        "temperature": temperature,
        "threshold": threshold,
        "accuracy": accuracy_score(test.labels, said),
        "balanced_accuracy": recalls.mean(),
        "ece": cal.expected_calibration_error(test.labels, p_test),
        "tde_recall": frame["found"][frame["true"]].mean(),
        "tde_precision": frame["true"][frame["found"]].mean(),
    }
    return {key: float(value) for key, value in result.items()}
