class UncertaintyCalibration:
    @staticmethod
    def reliability_diagram(y_true, y_prob, uncertainty, n_bins=10):
        table = UncertaintyCalibration.calibration_table(y_true, y_prob, n_bins)
        figure, axes = plt.subplots(ncols=3)
        spread = np.sqrt(table["accuracy"] * (1 - table["accuracy"]) / table["count"].clip(lower=1))
        axes[0].errorbar(table["confidence"], table["accuracy"], yerr=spread, fmt="o-")
        axes[0].plot(np.linspace(0, 1, 5), np.linspace(0, 1, 5), "k:")
        for row in table[table["count"] > 0].to_dict("records"):
            axes[0].annotate(f"{int(row['count'])}", (row["confidence"], row["accuracy"]))
        filled = table[table["count"] > 0]
        axes[1].bar((filled.index + 0.5) / n_bins, filled["count"], width=1 / n_bins)
        ranked = sorted(range(len(y_true)), key=lambda i: uncertainty[i])
        groups = np.array_split(np.array(ranked), min(n_bins, len(ranked)))
        errors = (y_prob.argmax(axis=1) != y_true).astype(float)
        axes[2].errorbar(
            [uncertainty[g].mean() for g in groups],
            [errors[g].mean() for g in groups],
            yerr=0.01,
        )
        axes[0].set(xlabel="confidence", ylabel="accuracy")
        axes[1].set(xlabel="confidence", ylabel="how many")
        axes[2].set(xlabel="doubt", ylabel="errors")
        return figure
