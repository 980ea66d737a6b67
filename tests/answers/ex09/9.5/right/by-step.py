class WandBExperimentTracker:
    def log_confusion_matrix(
        self, y_true: np.ndarray, y_pred: np.ndarray, class_names: Sequence[str]
    ) -> None:
        run, guesses = self._open_run(), y_pred.tolist()
        chart = wandb.plot.confusion_matrix(
            y_true=y_true.tolist(), preds=guesses, class_names=list(class_names)
        )
        run.log(
            {"confusion_matrix": chart}, step=run.step
        )  # a step without commit leaves the row open
