class WandBExperimentTracker:
    def log_light_curve_predictions(
        self,
        lightcurves: Sequence[LightCurve],
        predictions: np.ndarray,
        true_labels: np.ndarray,
        n_examples: int = 10,
    ) -> None:
        def draw(lightcurve, row, truth):
            # a figure that pyplot never hears of needs no closing
            figure = Figure(figsize=(6, 4), layout="constrained")
            ax = figure.subplots()
            data = lightcurve.data.loc[lightcurve.data.flux.gt(3 * lightcurve.data.flux_err)]
            for band, part in data.groupby("band"):
                ax.errorbar(
                    x=part["mjd"].to_numpy(float),
                    y=25 - 2.5 * np.log10(part["flux"].to_numpy(float)),
                    yerr=1.0857 * (part["flux_err"] / part["flux"]).to_numpy(float),
                    linestyle="",
                    marker=".",
                    c=BAND_COLOURS[band],
                    label=band,
                )
            ax.yaxis.set_inverted(True)
            ax.set(xlabel="time [MJD]", ylabel="brightness [mag]")
            if not data.empty:
                ax.legend(title="band")
            best = row.argmax()
            ax.set_title(
                "true: {}, predicted: {} ({:.2f})".format(
                    CLASS_NAMES[truth], CLASS_NAMES[best], row[best]
                )
            )
            return wandb.Image(figure)

        run = self._open_run()
        count = min(n_examples, len(lightcurves))
        run.log(
            {
                "light_curve_predictions": [
                    draw(lightcurves[i], np.asarray(predictions[i]), true_labels[i])
                    for i in range(count)
                ]
            },
            commit=False,
        )
