class MetricsTracker:
    def plot_confusion_matrix(self):
        table = pd.crosstab(
            pd.Categorical([self.class_names[t] for t in self.targets], self.class_names),
            pd.Categorical([self.class_names[p] for p in self.predictions], self.class_names),
            dropna=False,
        )
        fig, ax = plt.subplots()
        ax.matshow(table.div(table.sum(axis=1), axis=0), cmap="Greys", vmin=0, vmax=1)
        for (i, j), n in np.ndenumerate(table.to_numpy()):
            ax.text(j, i, f"{n:d}", color="C1")
        ax.set_xticks(range(len(table)), labels=table.columns)
        ax.set_yticks(range(len(table)), labels=table.index)
        ax.set_xlabel("class as predicted")
        ax.set_ylabel("class that is true")
        return fig
