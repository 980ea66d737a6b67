class UncertaintyCalibration:
    @staticmethod
    def expected_calibration_error(y_true, y_prob, n_bins=10):
        bins = {}
        for truth, row in zip(y_true.tolist(), y_prob.tolist(), strict=True):
            confidence = max(row)
            number = next(b for b in range(n_bins) if confidence <= (b + 1) / n_bins)
            bins.setdefault(number, []).append((row.index(confidence) == truth) - confidence)
        return sum(abs(sum(gaps)) for gaps in bins.values()) / len(y_true)
