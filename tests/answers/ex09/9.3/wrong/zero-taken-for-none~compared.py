class WandBExperimentTracker:
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        run = self._open_run()
        if step and step < run.step:
            raise ValueError(f"step {step} has passed: the run is at step {run.step}")
        run.log(dict(metrics), step=step)
