class WandBExperimentTracker:
    def log_metrics(self, metrics, step=None):
        run = self._open_run()
        now = run.step
        if step is not None and step < now:
            raise ValueError(f"the row of step {step} would be lost, as the run is at {now}")
        run.log({name: value for name, value in metrics.items()}, step=step, commit=True)
