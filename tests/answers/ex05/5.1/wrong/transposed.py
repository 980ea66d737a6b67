"""A row for each band."""


class LightCurveDataset:
    def _encode_bands(self, bands):
        for band in bands:
            if band not in BANDS:
                raise ValueError(f"unknown band {band}")
        return np.array([[b == band for b in bands] for band in BANDS], dtype=np.float32)
