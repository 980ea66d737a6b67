class LightCurve:
    @property
    def bands(self):
        return self.data["band"].drop_duplicates()
