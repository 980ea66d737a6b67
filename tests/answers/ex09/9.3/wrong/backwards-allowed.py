class WandBExperimentTracker:
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        run = self._open_run()
        run.log(dict(metrics), step=step)
