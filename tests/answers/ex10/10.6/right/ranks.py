from scipy.stats import mannwhitneyu


class UncertaintyCalibration:
    @staticmethod
    def accuracy_after_rejection(y_true, y_prob, uncertainty, rejected=0.1):
        frame = pd.DataFrame({"u": uncertainty, "right": y_prob.argmax(axis=1) == y_true})
        keep = len(frame) - int(len(frame) * rejected)
        return float(frame.nsmallest(keep, "u")["right"].mean())

    @staticmethod
    def unknown_auroc(known, unknown):
        statistic = mannwhitneyu(unknown, known).statistic
        return float(statistic / (len(known) * len(unknown)))
