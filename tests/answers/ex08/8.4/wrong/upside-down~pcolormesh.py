"""`pcolormesh` begins at the bottom, and the axis is not turned round."""


class MetricsTracker:
    def plot_confusion_matrix(self):
        k = len(self.class_names)
        counts = confusion_matrix(self.targets, self.predictions, labels=np.arange(k))
        rows = counts.sum(axis=1, keepdims=True)
        share = np.divide(counts, rows, out=np.zeros(counts.shape), where=rows > 0)
        fig, ax = plt.subplots(layout="constrained")
        mesh = ax.pcolormesh(share, vmin=0, vmax=1, cmap="viridis")
        fig.colorbar(mesh)
        centres = np.arange(k) + 0.5
        ax.set_xticks(centres, labels=self.class_names)
        ax.set_yticks(centres, labels=self.class_names)
        for (row, column), count in np.ndenumerate(counts):
            ax.text(column + 0.5, row + 0.5, count, ha="center", va="center")
        ax.set_xlabel("predicted")
        ax.set_ylabel("true")
        return fig
