class UncertaintyCalibration:
    @staticmethod
    def unknown_auroc(known, unknown):
        return float((unknown[:, None] > known).mean())
