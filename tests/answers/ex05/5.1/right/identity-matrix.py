class LightCurveDataset:
    def _encode_bands(self, bands):
        columns = [BANDS.index(band) for band in bands]
        return np.eye(len(BANDS), dtype=np.float32)[columns]
