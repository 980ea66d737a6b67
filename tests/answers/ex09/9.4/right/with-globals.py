class WandBExperimentTracker:
    def log_model_checkpoint(self, model, epoch, metrics):
        run, metrics = self._open_run(), {key: np.float64(metrics[key]).item() for key in metrics}
        with tempfile.TemporaryDirectory() as folder:
            path = save_checkpoint(
                Path(folder) / "checkpoint", model, {**run.config}, epoch, metrics
            )
            metadata = dict(epoch=epoch, metrics=metrics)
            artifact = wandb.Artifact(f"model-{run.id}", "model", metadata=metadata)
            artifact.add_dir(str(path))
            return wandb.log_artifact(artifact, aliases=[f"epoch-{epoch}"])
