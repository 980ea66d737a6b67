class WandBExperimentTracker:
    def log_light_curve_predictions(self, lightcurves, predictions, true_labels, n_examples=10):
        if self.run is None:
            raise RuntimeError("no run")
        figures = []
        for curve, row, label in list(zip(lightcurves, predictions, true_labels))[:n_examples]:
            figure, ax = plt.subplots()
            clear = curve.data.query("flux > 3 * flux_err")
            for band in sorted(set(clear["band"])):
                points = clear[clear["band"] == band]
                y = 25 - 2.5 * np.log10(points["flux"])
                dy = 1.0857 * points["flux_err"] / points["flux"]
                colours = {"g": "green", "r": "red", "i": "saddlebrown"}
                ax.errorbar(points["mjd"], y, dy, None, ".", color=colours[band], label=band)
            ax.yaxis.set_inverted(True)
            plt.xlabel("MJD")
            plt.ylabel("magnitude")
            k = max(range(len(row)), key=lambda j: row[j])
            plt.title(f"{CLASS_NAMES[label]} -> {CLASS_NAMES[k]}, {row[k]:.2f}")
            figures.append(figure)
        wandb.log({"light_curve_predictions": [wandb.Image(f) for f in figures]}, commit=False)
        for figure in figures:
            plt.close(figure)
