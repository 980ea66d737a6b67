class UncertaintyCalibration:
    @staticmethod
    def unknown_auroc(known, unknown):
        wins = (known[:, None] > unknown).mean() + 0.5 * (known[:, None] == unknown).mean()
        return float(wins)
