class UncertaintyCalibration:
    @staticmethod
    def accuracy_after_rejection(y_true, y_prob, uncertainty, rejected=0.1):
        ranked = sorted(zip(uncertainty, y_prob.argmax(axis=1) == y_true), key=lambda pair: pair[0])
        number = math.floor(rejected * len(ranked))
        kept = [right for _, right in ranked][: len(ranked) - number]
        return sum(map(bool, kept)) / len(kept)

    @staticmethod
    def unknown_auroc(known, unknown):
        gap = np.subtract.outer(np.asarray(unknown), np.asarray(known))
        return ((gap > 0).sum() + (gap == 0).sum() / 2).item() / gap.size
