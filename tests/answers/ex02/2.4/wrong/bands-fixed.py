class LightCurve:
    @property
    def bands(self):
        return ["g", "r", "i"]
