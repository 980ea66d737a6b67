class WandBExperimentTracker:
    def finish_experiment(self, exit_code: int = 0) -> None:
        if self.run is not None:
            self.run.finish(exit_code=exit_code)
