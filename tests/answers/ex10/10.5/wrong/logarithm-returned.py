class UncertaintyCalibration:
    @staticmethod
    def fit_temperature(y_true, y_prob):
        def loss(x):
            p = UncertaintyCalibration.apply_temperature(y_prob, math.exp(x))
            return -np.log(p[np.arange(len(y_true)), y_true].clip(1e-12)).mean()

        best = minimize_scalar(loss, bounds=(math.log(0.05), math.log(20)), method="bounded").x
        return float(best)
