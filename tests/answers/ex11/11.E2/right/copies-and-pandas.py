def accuracy_by_age(classifier, lightcurves, labels, ages):
    import copy

    def at(lc, age):
        young = copy.deepcopy(lc)
        times = young.data.loc[detections(young), "mjd"]
        end = times.min() + age if len(times) else -math.inf
        young.data = young.data.query("mjd <= @end").reset_index(drop=True)
        return young

    def row(age):
        results = classifier.classify_with_uncertainty([at(lc, age) for lc in lightcurves])
        table = pd.DataFrame(results, columns=["refused", "predicted"])
        right = table["predicted"].eq(pd.Series(list(labels)))
        return {"age": age, "accuracy": right.mean(), "refused": (table["refused"] != "").mean()}

    return pd.DataFrame([row(age) for age in ages], columns=["age", "accuracy", "refused"])
