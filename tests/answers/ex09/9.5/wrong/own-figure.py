class WandBExperimentTracker:
    def log_confusion_matrix(
        self, y_true: np.ndarray, y_pred: np.ndarray, class_names: Sequence[str]
    ) -> None:
        if len(y_true) != len(y_pred):
            raise ValueError("unequal lengths")
        plot, ax = plt.subplots()
        counts = np.zeros((len(class_names), len(class_names)))
        np.add.at(counts, (y_true, y_pred), 1)
        ax.imshow(counts)
        self._open_run().log({"confusion_matrix": plot}, commit=False)
