class WandBExperimentTracker:
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        run = self._open_run()
        last = getattr(self, "_last_step", 0)
        if step is not None:
            if step < last:
                raise ValueError(f"step {step} has passed: the last one was {last}")
            self._last_step = step
        run.log(dict(metrics), step=step)
