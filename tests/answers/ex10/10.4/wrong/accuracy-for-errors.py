class UncertaintyCalibration:
    @staticmethod
    def reliability_diagram(y_true, y_prob, uncertainty, n_bins=10):
        table = UncertaintyCalibration.calibration_table(y_true, y_prob, n_bins)
        filled = table[table["count"] > 0]
        wrong = y_prob.argmax(axis=1) == y_true
        groups = np.array_split(np.argsort(uncertainty), min(n_bins, len(y_true)))
        fig, (left, middle, right) = plt.subplots(1, 3)
        left.plot([0, 1], [0, 1])
        left.plot(filled["confidence"], filled["accuracy"], "o-")
        for _, row in filled.iterrows():
            left.text(row["confidence"], row["accuracy"], f"{row['count']:.0f}")
        left.set(xlabel="confidence", ylabel="accuracy")
        middle.bar((np.arange(n_bins) + 0.5) / n_bins, table["count"], 1 / n_bins)
        middle.set(xlabel="confidence", ylabel="count")
        x, y = [uncertainty[i].mean() for i in groups], [wrong[i].mean() for i in groups]
        right.plot(x, y, "o-")
        right.set(xlabel="uncertainty", ylabel="errors")
        return fig
