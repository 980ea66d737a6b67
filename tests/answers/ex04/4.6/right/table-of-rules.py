RULES = [
    ("CV", lambda f: f["decline_rate"] > 0.1),
    ("AGN", lambda f: f["episodes"] >= 3 and f["amplitude"] < 1.5),
    ("TDE", lambda f: f["episodes"] >= 3),
    ("CV", lambda f: f["decline_rate"] > 0.03 and (f["episodes"] == 2 or f["rise_time"] < 3)),
    ("SNIa", lambda f: f["decline_rate"] > 0.03),
    ("TDE", lambda f: f["colour"] < -0.1),
    ("AGN", lambda f: f["rise_time"] > 90),
    ("SNII", lambda f: True),
]


class SimpleTransientClassifier:
    def predict(self, lightcurve):
        if self.clear_detections(lightcurve).shape[0] < 3:
            return "unknown"
        features = self.features(lightcurve)
        return next(label for label, holds in RULES if holds(features))
