class WandBExperimentTracker:
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        run = self._open_run()
        if step is not None and step < run.step:
            raise ValueError(f"step {step} has passed: the run has come to step {run.step}")
        for name, value in metrics.items():
            run.log({name: value}, step=step)
