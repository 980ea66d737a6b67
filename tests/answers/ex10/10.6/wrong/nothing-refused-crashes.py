class UncertaintyCalibration:
    @staticmethod
    def accuracy_after_rejection(y_true, y_prob, uncertainty, rejected=0.1):
        right = y_prob.argmax(axis=1) == y_true
        refused = int(rejected * len(y_true))
        order = np.argsort(uncertainty)
        return float(right[order[:-refused]].mean())
