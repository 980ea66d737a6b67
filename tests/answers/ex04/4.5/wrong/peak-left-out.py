"""The line begins after the peak."""


class SimpleTransientClassifier:
    def features(self, lightcurve):
        table = self.clear_detections(lightcurve)
        main = table[table["band"] == main_band(table)]
        mjd, magnitude = main["mjd"].to_numpy(), main["magnitude"].to_numpy()
        peak_mjd = mjd[magnitude.argmin()]
        day = mjd - peak_mjd
        fading = (day > 0) & (day <= 30)
        decline_rate = math.nan
        if fading.sum() > 1 and day[fading].max() >= 1:
            decline_rate = float(np.polyfit(day[fading], magnitude[fading], 1)[0])
        near = table[(table["mjd"] - peak_mjd).abs() <= 10]
        medians = near.groupby("band")["magnitude"].median()
        return {
            "rise_time": float(-day.min()),
            "decline_rate": decline_rate,
            "amplitude": float(magnitude.max() - magnitude.min()),
            "colour": float(medians.get("g", math.nan) - medians.get("r", math.nan)),
            "episodes": 1 + int((np.diff(day) > 60).sum()),
        }
