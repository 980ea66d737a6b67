class WandBExperimentTracker:
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        run = self.run
        if step is not None and step < self.run.step:
            raise ValueError(f"step {step} has passed: the run has come to step {run.step}")
        run.log(dict(metrics), step=step)
