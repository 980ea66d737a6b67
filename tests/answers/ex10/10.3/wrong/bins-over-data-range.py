"""`pd.cut` with a number divides the range of the data."""


class UncertaintyCalibration:
    @staticmethod
    def calibration_table(y_true, y_prob, n_bins=10):
        if len(y_true) == 0:
            raise ValueError("there are no answers")
        confidence = y_prob.max(axis=1)
        right = y_prob.argmax(axis=1) == y_true
        bins = pd.cut(confidence, n_bins, labels=False)
        rows = []
        for b in range(n_bins):
            inside = bins == b
            count = int(inside.sum())
            rows.append(
                {
                    "count": count,
                    "confidence": confidence[inside].mean() if count else np.nan,
                    "accuracy": right[inside].mean() if count else np.nan,
                }
            )
        return pd.DataFrame(rows)

    @staticmethod
    def expected_calibration_error(y_true, y_prob, n_bins=10):
        table = UncertaintyCalibration.calibration_table(y_true, y_prob, n_bins)
        table = table[table["count"] > 0]
        distance = (table["accuracy"] - table["confidence"]).abs()
        return float((table["count"] * distance).sum() / table["count"].sum())
