"""The baseline."""


class SimpleTransientClassifier:
    def predict(self, lightcurve):
        return "SNIa" if len(self.clear_detections(lightcurve)) >= 3 else "unknown"
