class LightCurve:
    @property
    def bands(self):
        bands = []
        for band in self.data["band"]:
            if band not in COLUMNS:
                bands.append(band)
        return bands
