class WandBExperimentTracker:
    def finish_experiment(self, exit_code: int = 0) -> None:
        if self.run is not None:
            run, self.run = self.run, None
            run.finish(exit_code=1 if exit_code == 1 else 0)
