class LightCurve:
    @property
    def bands(self):
        return {band: int((self.data["band"] == band).sum()) for band in self.data["band"]}
