class UncertaintyCalibration:
    @staticmethod
    def apply_temperature(y_prob, temperature):
        return y_prob ** (1 / temperature)
