"""A column for each band that occurs."""


class LightCurveDataset:
    def _encode_bands(self, bands):
        for band in bands:
            if band not in BANDS:
                raise ValueError(f"unknown band {band}")
        columns = [band for band in BANDS if band in bands]
        return np.array([[band == other for other in columns] for band in bands], dtype=np.float32)
