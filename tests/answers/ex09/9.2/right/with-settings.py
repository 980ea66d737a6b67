class WandBExperimentTracker:
    def start_experiment(self, config, experiment_name=None):
        if wandb.run is not None:  # whoever opened it
            wandb.run.finish()
        settings = wandb.Settings(mode=wandb_mode())
        self.run = wandb.init(
            project=self.project_name, config={**config}, name=experiment_name, settings=settings
        )
        return self

    def finish_experiment(self, exit_code=0):
        if not self.run:
            return
        self.run.finish(exit_code)
        self.run = None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        failed = error[0] is not None
        self.finish_experiment(int(failed))
        return False
