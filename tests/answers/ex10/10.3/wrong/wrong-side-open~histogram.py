class UncertaintyCalibration:
    @staticmethod
    def calibration_table(y_true, y_prob, n_bins=10):
        if len(y_true) == 0:
            raise ValueError("no answers")
        confidence = y_prob.max(axis=1)
        right = y_prob.argmax(axis=1) == y_true
        bins = np.floor(confidence * n_bins).astype(int).clip(max=n_bins - 1)
        rows = []
        for b in range(n_bins):
            inside = bins == b
            rows.append(
                {
                    "count": inside.sum(),
                    "confidence": confidence[inside].mean() if inside.any() else np.nan,
                    "accuracy": right[inside].mean() if inside.any() else np.nan,
                }
            )
        return pd.DataFrame(rows)
