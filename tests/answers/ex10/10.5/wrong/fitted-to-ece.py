class UncertaintyCalibration:
    @staticmethod
    def fit_temperature(y_true, y_prob):
        def error(temperature):
            p = UncertaintyCalibration.apply_temperature(y_prob, temperature)
            return UncertaintyCalibration.expected_calibration_error(y_true, p)

        return float(min(np.geomspace(0.05, 20, 400), key=error))
