def accuracy_by_age(classifier, lightcurves, labels, ages):
    rows = []
    for age in ages:
        batch = []
        for lc in lightcurves:
            seen = lc.data[detections(lc)]
            if len(seen):
                keep = lc.data["mjd"] <= seen["mjd"].iloc[0] + age
            else:
                keep = lc.data["mjd"] != lc.data["mjd"]
            batch.append(lc[: int(keep.sum())])
        n_right = n_refused = 0
        for result, label in zip(classifier.classify_with_uncertainty(batch), labels):
            if result["refused"]:
                n_refused += 1
            elif result["predicted"] == label:
                n_right += 1
        n = len(lightcurves)
        rows.append((age, n_right / n, n_refused / n))
    return pd.DataFrame(rows, columns=["age", "accuracy", "refused"])
