class WandBExperimentTracker:
    def start_experiment(
        self, config: Mapping[str, Any], experiment_name: str | None = None
    ) -> "WandBExperimentTracker":
        self.run = wandb.init(
            project=self.project_name,
            name=experiment_name,
            config=dict(config),
            mode=wandb_mode(),
        )
        return self
