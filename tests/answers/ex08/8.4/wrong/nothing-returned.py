"""The figure is shown, and nothing is returned."""


class MetricsTracker:
    def plot_confusion_matrix(self) -> Figure:
        names, ticks = self.class_names, range(len(self.class_names))
        counts = confusion_matrix(self.targets, self.predictions, labels=ticks)
        fractions = counts / counts.sum(axis=1, keepdims=True).clip(min=1)
        fig, ax = plt.subplots(figsize=(6, 5), layout="constrained")
        image = ax.imshow(fractions, cmap="Blues", vmin=0, vmax=1)
        fig.colorbar(image, label="fraction of the true class")
        for (row, column), count in np.ndenumerate(counts):
            colour = "white" if fractions[row, column] > 0.5 else "black"
            ax.text(column, row, str(count), ha="center", va="center", color=colour)
        ax.set_xticks(ticks, names)
        ax.set_yticks(ticks, names)
        ax.set_xlabel("predicted class")
        ax.set_ylabel("true class")
        plt.show()
