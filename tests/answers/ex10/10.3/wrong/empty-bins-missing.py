class UncertaintyCalibration:
    @staticmethod
    def calibration_table(y_true, y_prob, n_bins=10):
        if len(y_true) == 0:
            raise ValueError("no answers")
        frame = pd.DataFrame(
            {"confidence": y_prob.max(axis=1), "accuracy": y_prob.argmax(axis=1) == y_true}
        )
        groups = frame.groupby(np.ceil(frame["confidence"] * n_bins))
        return groups.mean().assign(count=groups.size())
