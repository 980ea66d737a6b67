"""A position in the main band, used as a label of the whole table."""


class SimpleTransientClassifier:
    def features(self, lightcurve):
        table = self.clear_detections(lightcurve).reset_index(drop=True)
        main = table[table["band"] == main_band(table)]
        peak = table["mjd"][main["magnitude"].argmin()]

        fading = main[(main["mjd"] >= peak) & (main["mjd"] <= peak + 30)]
        decline_rate = math.nan
        if (fading["mjd"] >= peak + 1).any():
            decline_rate = float(np.polyfit(fading["mjd"] - peak, fading["magnitude"], 1)[0])

        near = table[(table["mjd"] - peak).abs() <= 10]
        g = near.loc[near["band"] == "g", "magnitude"]
        r = near.loc[near["band"] == "r", "magnitude"]
        colour = float(g.median() - r.median()) if len(g) and len(r) else math.nan

        return {
            "rise_time": float(peak - main["mjd"].iloc[0]),
            "decline_rate": decline_rate,
            "amplitude": float(main["magnitude"].max() - main["magnitude"].min()),
            "colour": colour,
            "episodes": 1 + int((main["mjd"].diff() > 60).sum()),
        }
