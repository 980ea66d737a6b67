class UncertaintyCalibration:
    @staticmethod
    def accuracy_after_rejection(y_true, y_prob, uncertainty, rejected=0.1):
        right = y_prob.argmax(axis=1) == y_true
        refused = int(rejected * len(y_true))
        order = np.argsort(-y_prob.max(axis=1))
        return float(right[order[: len(y_true) - refused]].mean())
