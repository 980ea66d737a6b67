class UncertaintyCalibration:
    @staticmethod
    def expected_calibration_error(y_true, y_prob, n_bins=10):
        table = UncertaintyCalibration.calibration_table(y_true, y_prob, n_bins)
        gap = table["accuracy"] - table["confidence"]
        return float(abs((gap * table["count"]).sum()) / len(y_true))
