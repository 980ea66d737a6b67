class WandBExperimentTracker:
    def start_experiment(
        self, config: Mapping[str, Any], experiment_name: str | None = None
    ) -> "WandBExperimentTracker":
        self.run = wandb.init(
            project=self.project_name,
            name=experiment_name,
            config=dict(config),
            mode=wandb_mode(),
            reinit="finish_previous",
        )
        return self

    def finish_experiment(self, exit_code: int = 0) -> None:
        if self.run is not None:
            self.run.finish(exit_code=exit_code)
            self.run = None

    def __enter__(self) -> "WandBExperimentTracker":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.finish_experiment(1 if isinstance(error, Exception) else 0)
