class UncertaintyCalibration:
    @staticmethod
    def apply_temperature(y_prob, temperature):
        largest = y_prob.max(axis=1, keepdims=True)
        powers = (y_prob / largest) ** (1.0 / temperature)
        return powers / powers.sum(axis=1, keepdims=True)

    @staticmethod
    def fit_temperature(y_true, y_prob):
        best, smallest = 1.0, math.inf
        for temperature in np.geomspace(0.05, 20, 900):
            p = UncertaintyCalibration.apply_temperature(y_prob, temperature)
            loss = -np.log(p[np.arange(len(y_true)), y_true].clip(1e-12)).mean()
            if loss < smallest:
                best, smallest = float(temperature), loss
        return best
