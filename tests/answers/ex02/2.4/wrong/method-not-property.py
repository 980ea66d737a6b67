class LightCurve:
    def bands(self):
        return self.data["band"].unique().tolist()
