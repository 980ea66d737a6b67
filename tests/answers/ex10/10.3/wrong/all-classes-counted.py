class UncertaintyCalibration:
    @staticmethod
    def calibration_table(y_true, y_prob, n_bins=10):
        if len(y_true) == 0:
            raise ValueError("no answers")
        confidence = y_prob.ravel()
        right = np.eye(y_prob.shape[1])[y_true].ravel()
        bins = np.ceil(confidence * n_bins).astype(int).clip(1) - 1
        rows = []
        for b in range(n_bins):
            inside = bins == b
            some = inside.any()
            rows.append(
                {
                    "count": inside.sum(),
                    "confidence": confidence[inside].mean() if some else np.nan,
                    "accuracy": right[inside].mean() if some else np.nan,
                }
            )
        return pd.DataFrame(rows)
