class MetricsTracker:
    def plot_confusion_matrix(self):
        k = len(self.class_names)
        counts = np.zeros((k, k), dtype=int)
        for truth, answer in zip(self.targets, self.predictions):
            counts[truth, answer] += 1
        sums = counts.sum(axis=1)
        percent = np.array([100 * row / n if n else row * 0.0 for row, n in zip(counts, sums)])
        fig = plt.figure()
        ax = fig.add_subplot()
        mesh = ax.pcolormesh(percent, cmap="viridis", vmin=0, vmax=100)
        ax.invert_yaxis()
        middle = np.arange(k) + 0.5
        ax.set_xticks(middle)
        ax.set_xticklabels(self.class_names, rotation=45)
        ax.set_yticks(middle)
        ax.set_yticklabels(self.class_names)
        ax.set(xlabel="Predicted", ylabel="True", title="Confusion matrix")
        for i in range(k):
            for j in range(k):
                if counts[i, j]:
                    ax.annotate(f"{counts[i, j]}\n({percent[i, j]:.0f}%)", (j + 0.5, i + 0.5))
        plt.colorbar(mesh, ax=ax)
        return fig
