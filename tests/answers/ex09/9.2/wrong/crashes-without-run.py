class WandBExperimentTracker:
    def finish_experiment(self, exit_code: int = 0) -> None:
        self.run.finish(exit_code=exit_code)
        self.run = None
