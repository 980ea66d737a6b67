class WandBExperimentTracker:
    def log_light_curve_predictions(
        self,
        lightcurves: Sequence[LightCurve],
        predictions: np.ndarray,
        true_labels: np.ndarray,
        n_examples: int = 10,
    ) -> None:
        run = self._open_run()
        images = []
        for number, lightcurve in enumerate(lightcurves[:n_examples]):
            table = lightcurve.data
            figure, ax = plt.subplots()
            for band, colour in BAND_COLOURS.items():
                seen = table[(table["band"] == band) & (table["flux"] > 3 * table["flux_err"])]
                if len(seen) == 0:
                    continue
                flux = seen["flux"].to_numpy(dtype=float)
                sigma = seen["flux_err"].to_numpy(dtype=float)
                magnitude = ZEROPOINT - 2.5 * np.log10(flux)
                error = 1.0857 * sigma / flux
                ax.errorbar(seen["mjd"], magnitude, error, fmt="o", color=colour, label=band)
            if ax.get_legend_handles_labels()[1]:
                ax.legend()
            ax.invert_yaxis()
            ax.set_xlabel("MJD")
            ax.set_ylabel("magnitude")
            guess = int(np.argmax(predictions[number]))
            true_name = CLASS_NAMES[int(true_labels[number])]
            probability = predictions[number, guess]
            ax.set_title(f"true: {true_name}, predicted: {CLASS_NAMES[guess]} ({probability:.2f})")
            images.append(wandb.Image(figure))
            plt.close("all")
        run.log({"light_curve_predictions": images}, commit=False)
