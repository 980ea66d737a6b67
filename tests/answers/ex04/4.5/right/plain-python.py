import statistics


class SimpleTransientClassifier:
    def features(self, lightcurve):
        table = self.clear_detections(lightcurve)
        band = main_band(table)
        points = list(zip(table["band"], table["mjd"], table["magnitude"]))
        main = [(mjd, magnitude) for name, mjd, magnitude in points if name == band]
        brightest = min(magnitude for _, magnitude in main)
        peak = next(mjd for mjd, magnitude in main if magnitude == brightest)
        fading = [(mjd - peak, magnitude) for mjd, magnitude in main if 0 <= mjd - peak <= 30]
        rate = float("nan")
        if fading[-1][0] >= 1:
            rate = statistics.linear_regression(*zip(*fading)).slope
        medians = []
        for name in "gr":
            near = [m for each, mjd, m in points if each == name and abs(mjd - peak) <= 10]
            medians.append(statistics.median(near) if near else float("nan"))
        episodes = 1
        for (one, _), (other, _) in zip(main, main[1:]):
            if other - one > 60:
                episodes += 1
        return {
            "rise_time": peak - main[0][0],
            "decline_rate": rate,
            "amplitude": max(m for _, m in main) - brightest,
            "colour": medians[0] - medians[1],
            "episodes": float(episodes),
        }
