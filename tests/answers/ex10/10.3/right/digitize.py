class UncertaintyCalibration:
    @staticmethod
    def calibration_table(y_true, y_prob, n_bins=10):
        y_true, y_prob = np.asarray(y_true), np.asarray(y_prob)
        if y_true.size == 0:
            raise ValueError("there is nothing to look at")
        chosen = np.argmax(y_prob, axis=1)
        confidence = np.take_along_axis(y_prob, chosen[:, None], axis=1)[:, 0]
        number = np.digitize(confidence, np.arange(1, n_bins) / n_bins, right=True)
        inside = number[:, None] == np.arange(n_bins)
        count = inside.sum(axis=0)
        safe = np.where(count > 0, count, 1)
        nothing = np.where(count > 0, 0.0, np.nan)
        return pd.DataFrame(
            {
                "count": count,
                "confidence": confidence @ inside / safe + nothing,
                "accuracy": (chosen == y_true).astype(float) @ inside / safe + nothing,
                "left": np.arange(n_bins) / n_bins,
            }
        )
