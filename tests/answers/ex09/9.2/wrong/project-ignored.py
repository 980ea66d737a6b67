class WandBExperimentTracker:
    def start_experiment(
        self, config: Mapping[str, Any], experiment_name: str | None = None
    ) -> "WandBExperimentTracker":
        self.run = wandb.init(
            project="astro-transient-classification",
            name=experiment_name,
            config=dict(config),
            mode=wandb_mode(),
            reinit="finish_previous",
        )
        return self
