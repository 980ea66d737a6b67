class LightCurveDataset:
    def _encode_bands(self, bands):
        codes = (np.array(list(bands), dtype=object).reshape(-1, 1) == np.array([BANDS])) * 1.0
        for band, row in zip(bands, codes):
            if not row.any():
                raise ValueError("unknown band " + band)
        return np.float32(codes)
