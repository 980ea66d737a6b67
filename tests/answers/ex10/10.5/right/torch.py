class UncertaintyCalibration:
    @staticmethod
    def apply_temperature(y_prob, temperature):
        logits = torch.as_tensor(y_prob, dtype=torch.float64).clamp(min=1e-300).log()
        return torch.softmax(logits / temperature, dim=1).numpy()

    @staticmethod
    def fit_temperature(y_true, y_prob):
        low, high = math.log(0.05), math.log(20)

        def loss(x):
            p = UncertaintyCalibration.apply_temperature(y_prob, math.exp(x))
            return -np.log(np.maximum(p[range(len(y_true)), y_true], 1e-12)).sum()

        golden = (math.sqrt(5) - 1) / 2
        while high - low > 1e-4:
            a, b = high - golden * (high - low), low + golden * (high - low)
            if loss(a) < loss(b):
                high = b
            else:
                low = a
        return math.exp((low + high) / 2)
