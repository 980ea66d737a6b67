class WandBExperimentTracker:
    def log_light_curve_predictions(
        self,
        lightcurves: Sequence[LightCurve],
        predictions: np.ndarray,
        true_labels: np.ndarray,
        n_examples: int = 10,
    ) -> None:
        run, images = self._open_run(), []
        examples = zip(lightcurves, predictions, true_labels, strict=True)
        for lightcurve, probabilities, label in itertools.islice(examples, n_examples):
            guess = int(np.argmax(probabilities))
            figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
            table = lightcurve.data[lightcurve.data["flux"] > 3 * lightcurve.data["flux_err"]]
            for band, points in table.groupby("band"):
                magnitude = ZEROPOINT - 2.5 * np.log10(points["flux"])
                error = 1.0857 * points["flux_err"] / points["flux"]
                colour = BAND_COLOURS[str(band)]
                ax.errorbar(points["mjd"], magnitude, error, fmt="o", color=colour, label=str(band))
            ax.invert_yaxis()
            ax.set_xlabel("MJD [days]")
            ax.set_ylabel("magnitude [mag]")
            title = f"true: {CLASS_NAMES[int(label)]}, predicted: {CLASS_NAMES[guess]}"
            ax.set_title(f"{title} ({probabilities[int(label)]:.2f})")
            if not table.empty:
                ax.legend(title="band")
            images.append(wandb.Image(figure))
            plt.close(figure)
        run.log({"light_curve_predictions": images}, commit=False)
