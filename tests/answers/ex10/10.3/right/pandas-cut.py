class UncertaintyCalibration:
    @staticmethod
    def calibration_table(y_true, y_prob, n_bins=10):
        if len(y_true) == 0:
            raise ValueError("no answers")
        frame = pd.DataFrame(
            {"confidence": y_prob.max(axis=1), "accuracy": y_prob.argmax(axis=1) == y_true}
        )
        edges = [b / n_bins for b in range(n_bins + 1)]
        bins = pd.cut(frame["confidence"], edges, include_lowest=True)
        grouped = frame.astype(float).groupby(bins, observed=False)
        table = grouped.mean()
        table.insert(0, "count", grouped.size())
        return table.reset_index(drop=True)

    @staticmethod
    def expected_calibration_error(y_true, y_prob, n_bins=10):
        table = UncertaintyCalibration.calibration_table(y_true, y_prob, n_bins).dropna()
        gap = np.abs(table["accuracy"] - table["confidence"])
        return float(np.average(gap, weights=table["count"]))
