def choose_threshold(score, is_tde, min_precision):
    pairs = sorted(zip(score, is_tde), reverse=True)
    best, right = math.inf, 0
    for n, (value, true) in enumerate(pairs, 1):
        right += bool(true)
        ends_here = n == len(pairs) or pairs[n][0] != value
        if ends_here and right / n >= min_precision:
            best = value
    return float(best)


def evaluate(val, test, min_precision=0.6):
    tool = UncertaintyCalibration
    T = tool.fit_temperature(val.labels, val.probabilities)
    calibrated = tool.apply_temperature(val.probabilities, T)
    threshold = choose_threshold(calibrated[:, 4], val.labels == 4, min_precision)
    p = tool.apply_temperature(test.probabilities, T)
    hits, per_class = [], {}
    n_found = n_true = n_both = 0
    for row, label in zip(p, test.labels):
        hit = int(np.argmax(row)) == label
        hits.append(hit)
        per_class.setdefault(int(label), []).append(hit)
        n_found += row[4] >= threshold
        n_true += label == 4
        n_both += row[4] >= threshold and label == 4
    return dict(
        temperature=T,
        threshold=threshold,
        accuracy=sum(hits) / len(hits),
        balanced_accuracy=float(np.mean([np.mean(each) for each in per_class.values()])),
        ece=tool.expected_calibration_error(test.labels, p),
        tde_recall=float(n_both / n_true) if n_true else math.nan,
        tde_precision=float(n_both / n_found) if n_found else float("nan"),
    )
