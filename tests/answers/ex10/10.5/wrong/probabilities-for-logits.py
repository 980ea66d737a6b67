class UncertaintyCalibration:
    @staticmethod
    def apply_temperature(y_prob, temperature):
        logits = y_prob / temperature
        scaled = np.exp(logits - logits.max(axis=1, keepdims=True))
        return scaled / scaled.sum(axis=1, keepdims=True)
