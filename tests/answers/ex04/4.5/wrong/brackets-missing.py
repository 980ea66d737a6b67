"""`and` binds closer than `or`."""


class SimpleTransientClassifier:
    def predict(self, lightcurve):
        if len(self.clear_detections(lightcurve)) < 3:
            return "unknown"
        feature = self.features(lightcurve)
        if feature["decline_rate"] > 0.1:
            return "CV"
        if feature["episodes"] >= 3:
            return "AGN" if feature["amplitude"] < 1.5 else "TDE"
        if feature["decline_rate"] > 0.03 and feature["episodes"] == 2 or feature["rise_time"] < 3:
            return "CV"
        if feature["decline_rate"] > 0.03:
            return "SNIa"
        if feature["colour"] < -0.1:
            return "TDE"
        return "AGN" if feature["rise_time"] > 90 else "SNII"
