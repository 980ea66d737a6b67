class UncertaintyCalibration:
    @staticmethod
    def apply_temperature(y_prob, temperature):
        logits = np.log(y_prob.clip(1e-300)) * temperature
        scaled = np.exp(logits - logits.max(axis=1, keepdims=True))
        return scaled / scaled.sum(axis=1, keepdims=True)
