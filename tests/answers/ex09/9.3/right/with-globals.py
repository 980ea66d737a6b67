class WandBExperimentTracker:
    def log_metrics(self, metrics, step=None):
        if self.run is None:
            raise RuntimeError("start an experiment first")
        if step is None:
            wandb.log({**metrics})
            return
        if self.run.step > step:
            raise ValueError("the run is at %d already, not at %d" % (self.run.step, step))
        wandb.log({**metrics}, step)
