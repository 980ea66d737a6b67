class UncertaintyCalibration:
    @staticmethod
    def calibration_table(y_true, y_prob, n_bins=10):
        if not len(y_true):
            raise ValueError("nothing to sort")
        rows = []
        for b in range(n_bins):
            low, high = b / n_bins, (b + 1) / n_bins
            inside = [
                (max(p), int(np.argmax(p)) == t)
                for p, t in zip(y_prob, y_true)
                if low < max(p) <= high
            ]
            rows.append(
                {
                    "count": len(inside),
                    "confidence": float(np.mean([c for c, _ in inside])) if inside else math.nan,
                    "accuracy": float(np.mean([r for _, r in inside])) if inside else math.nan,
                }
            )
        return pd.DataFrame(rows)

    @staticmethod
    def expected_calibration_error(y_true, y_prob, n_bins=10):
        total = 0.0
        for row in UncertaintyCalibration.calibration_table(y_true, y_prob, n_bins).to_dict(
            "records"
        ):
            if row["count"]:
                total += row["count"] / len(y_true) * abs(row["accuracy"] - row["confidence"])
        return total
