class WandBExperimentTracker:
    def log_light_curve_predictions(self, lightcurves, predictions, true_labels, n_examples=10):
        run = self._open_run()
        n = min(n_examples, len(lightcurves))
        logged = []
        for i in range(n):
            fig = plt.figure()
            ax = fig.add_subplot()
            data = lightcurves[i].data
            for band in BAND_COLOURS:
                seen = data[(data["band"] == band) & (data["flux"] / data["flux_err"] > 3)]
                if len(seen) == 0:
                    continue
                f, df = seen["flux"].to_numpy(), seen["flux_err"].to_numpy()
                ax.errorbar(
                    seen["mjd"].to_numpy(),
                    ZEROPOINT - 2.5 * np.log10(f),
                    yerr=2.5 / np.log(10) * df / f,
                    ls="",
                    marker="s",
                    c=BAND_COLOURS[band],
                    label=band,
                    capsize=2,
                )
            ax.set_ylim(*reversed(ax.get_ylim()))
            ax.set(xlabel="MJD", ylabel="mag")
            best = predictions[i].argmax()
            probability = predictions[i].max()
            fig.suptitle(
                f"{CLASS_NAMES[best]} with p = {probability:.2f}; in truth {CLASS_NAMES[true_labels[i]]}"
            )
            logged.append(wandb.Image(fig, caption=lightcurves[i].object_id))
            plt.close(fig)
        run.log({"light_curve_predictions": logged}, step=run.step)
