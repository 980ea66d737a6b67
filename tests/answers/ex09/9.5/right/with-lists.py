class WandBExperimentTracker:
    def log_confusion_matrix(self, y_true, y_pred, class_names):
        run = self._open_run()
        matrix = wandb.plot.confusion_matrix(
            None, [int(i) for i in y_true], [int(i) for i in y_pred], class_names, title="Test set"
        )
        run.log({"confusion_matrix": matrix}, step=run.step)
