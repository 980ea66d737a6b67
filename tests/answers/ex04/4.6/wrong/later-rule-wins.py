"""`if` after `if` on one variable: the last rule that holds decides."""


class SimpleTransientClassifier:
    def predict(self, lightcurve):
        label = "SNII"
        if len(self.clear_detections(lightcurve)) < 3:
            return "unknown"
        feature = self.features(lightcurve)
        if feature["decline_rate"] > 0.1:
            label = "CV"
        if feature["episodes"] >= 3 and feature["amplitude"] < 1.5:
            label = "AGN"
        if feature["episodes"] >= 3:
            label = "TDE"
        if feature["decline_rate"] > 0.03 and (feature["episodes"] == 2 or feature["rise_time"] < 3):
            label = "CV"
        if feature["decline_rate"] > 0.03:
            label = "SNIa"
        if feature["colour"] < -0.1:
            label = "TDE"
        if feature["rise_time"] > 90:
            label = "AGN"
        return label
