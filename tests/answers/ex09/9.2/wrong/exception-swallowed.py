class WandBExperimentTracker:
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.finish_experiment(exit_code=0 if kind is None else 1)
        return True
