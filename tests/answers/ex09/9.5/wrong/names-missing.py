class WandBExperimentTracker:
    def log_confusion_matrix(
        self, y_true: np.ndarray, y_pred: np.ndarray, class_names: Sequence[str]
    ) -> None:
        plot = wandb.plot.confusion_matrix(
            y_true=np.asarray(y_true).tolist(),
            preds=np.asarray(y_pred).tolist(),
        )
        self._open_run().log({"confusion_matrix": plot}, commit=False)
