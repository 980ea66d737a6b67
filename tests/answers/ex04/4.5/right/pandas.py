class SimpleTransientClassifier:
    def features(self, lightcurve):
        table = self.clear_detections(lightcurve)
        main = table[table.band == main_band(table)]
        peak = main.loc[main.magnitude.idxmin()]
        after = main[main.mjd.between(peak.mjd, peak.mjd + 30)]
        slope = np.nan
        if (after.mjd - peak.mjd >= 1).any():
            slope, _ = np.polyfit(after.mjd - peak.mjd, after.magnitude, deg=1)
        near = table[table.mjd.between(peak.mjd - 10, peak.mjd + 10)]
        return dict(
            rise_time=peak.mjd - main.mjd.iloc[0],
            decline_rate=slope,
            amplitude=np.ptp(main.magnitude),
            colour=near.magnitude[near.band == "g"].median()
            - near.magnitude[near.band == "r"].median(),
            episodes=(main.mjd.diff() > 60).sum() + 1,
        )
