class UncertaintyCalibration:
    @staticmethod
    def apply_temperature(y_prob, temperature):
        powers = y_prob ** (1 / temperature)
        return powers / powers.sum(axis=0)
