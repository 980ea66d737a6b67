class UncertaintyCalibration:
    @staticmethod
    def reliability_diagram(y_true, y_prob, uncertainty, n_bins=10):
        frame = pd.DataFrame({"c": y_prob.max(axis=1), "r": y_prob.argmax(axis=1) == y_true})
        frame["bin"] = np.ceil(frame["c"] * n_bins)
        figure = plt.figure(figsize=(6, 12))
        axes = [figure.add_subplot(3, 1, i + 1) for i in range(3)]
        axes[0].axline((0, 0), slope=1, color="grey")
        axes[0].plot([0, 1], [0, 1])
        points = frame.groupby("bin")[["c", "r"]].mean()
        axes[0].scatter(points["c"], points["r"])
        for (_, point), count in zip(points.iterrows(), frame.groupby("bin").size()):
            axes[0].text(point["c"], point["r"], f"n = {count}")
        edges, counts = np.arange(n_bins + 1) / n_bins, frame.groupby("bin").size()
        axes[1].hist((counts.index - 0.5) / n_bins, bins=edges, weights=counts)
        order = np.argsort(uncertainty)
        pieces = [p for p in np.array_split(order, n_bins) if len(p)]
        doubts = [np.mean(uncertainty[p]) for p in pieces]
        axes[2].plot(doubts, [1 - frame["r"].to_numpy()[p].mean() for p in pieces], marker="s")
        for ax, (x, y) in zip(
            axes, [("confidence", "accuracy"), ("confidence", "n"), ("uncertainty", "errors")]
        ):
            ax.set_xlabel(x)
            ax.set_ylabel(y)
        return figure
