class UncertaintyCalibration:
    @staticmethod
    def calibration_table(y_true, y_prob, n_bins=10):
        if len(y_true) == 0:
            raise ValueError("no answers")
        confidence = y_prob.max(axis=1)
        right = y_prob.argmax(axis=1) == y_true
        bins = np.ceil(confidence * n_bins).astype(int) - 1
        rows = []
        for b in range(n_bins):
            inside = bins == b
            rows.append(
                {
                    "count": inside.sum(),
                    "confidence": confidence[inside].sum() / max(inside.sum(), 1),
                    "accuracy": right[inside].sum() / max(inside.sum(), 1),
                }
            )
        return pd.DataFrame(rows)
