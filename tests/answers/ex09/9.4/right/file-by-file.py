class WandBExperimentTracker:
    def log_model_checkpoint(self, model, epoch, metrics):
        run = self._open_run()
        folder = Path(tempfile.mkdtemp())
        save_checkpoint(folder, model, dict(run.config), epoch, metrics)
        artifact = wandb.Artifact(name="model-" + run.id, type="model")
        artifact.metadata = {"epoch": epoch, "metrics": {k: float(v) for k, v in metrics.items()}}
        for path in folder.iterdir():
            artifact.add_file(str(path))
        run.log_artifact(artifact, aliases=["latest", f"epoch-{epoch}"])
        shutil.rmtree(folder)
        return artifact
