class WandBExperimentTracker:
    def log_model_checkpoint(
        self, model: nn.Module, epoch: int, metrics: Mapping[str, float]
    ) -> wandb.Artifact:
        run = self._open_run()
        numbers = {name: float(value) for name, value in metrics.items()}
        artifact = wandb.Artifact(
            f"model-{run.id}", type="model", metadata={"epoch": epoch, "metrics": numbers}
        )
        folder = Path(tempfile.gettempdir()) / f"checkpoint-{id(self)}"
        save_checkpoint(folder, model, dict(run.config), epoch, numbers)
        artifact.add_dir(str(folder), policy="immutable")
        run.log_artifact(artifact, aliases=[f"epoch-{epoch}"])
        return artifact
