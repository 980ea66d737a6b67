class UncertaintyCalibration:
    @staticmethod
    def unknown_auroc(known, unknown):
        return float((unknown > np.median(known)).mean())
