class SimpleTransientClassifier:
    def predict(self, lightcurve):
        enough = len(self.clear_detections(lightcurve)) > 2
        match self.features(lightcurve) if enough else None:
            case None:
                label = "unknown"
            case {"decline_rate": rate} if rate > 0.1:
                label = "CV"
            case {"episodes": n, "amplitude": size} if n > 2:
                label = "AGN" if size < 1.5 else "TDE"
            case {"decline_rate": rate, "episodes": n, "rise_time": t} if rate > 0.03:
                label = "CV" if n == 2 or t < 3 else "SNIa"
            case {"colour": colour} if colour < -0.1:
                label = "TDE"
            case {"rise_time": t}:
                label = "AGN" if t > 90 else "SNII"
        return label
