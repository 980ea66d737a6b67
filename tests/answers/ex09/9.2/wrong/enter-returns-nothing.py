class WandBExperimentTracker:
    def __enter__(self) -> "WandBExperimentTracker":
        pass
