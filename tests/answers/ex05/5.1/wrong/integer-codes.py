"""A number for each band."""


class LightCurveDataset:
    def _encode_bands(self, bands):
        return np.array([BANDS.index(band) for band in bands], dtype=np.float32)
