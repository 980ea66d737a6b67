class UncertaintyCalibration:
    @staticmethod
    def fit_temperature(y_true, y_prob):
        def loss(x):
            p = UncertaintyCalibration.apply_temperature(y_prob, math.exp(x))
            return np.log(p[np.arange(len(y_true)), y_true].clip(1e-12)).mean()

        grid = np.linspace(math.log(0.05), math.log(20), 200)
        best = min(grid, key=loss)
        return float(math.exp(best))
