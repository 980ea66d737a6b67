class WandBExperimentTracker:
    def start_experiment(self, config, experiment_name=None):
        mode = wandb_mode()
        run = wandb.init(
            None,
            self.project_name,
            config=copy.deepcopy(dict(config)),
            name=experiment_name,
            mode=mode,
            reinit="finish_previous",
        )
        self.run = run
        return self

    def finish_experiment(self, exit_code=0):
        if self.run is not None:
            wandb.finish(exit_code=exit_code)
        self.run = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if error is not None:
            self.finish_experiment(exit_code=1)
        else:
            self.finish_experiment()
