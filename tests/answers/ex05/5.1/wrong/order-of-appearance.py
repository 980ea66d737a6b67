"""The first band seen has the first column."""


class LightCurveDataset:
    def _encode_bands(self, bands):
        seen = list(dict.fromkeys(bands))
        seen += [band for band in BANDS if band not in seen]
        codes = np.zeros((len(bands), len(BANDS)), dtype=np.float32)
        for row, band in enumerate(bands):
            if band not in BANDS:
                raise ValueError(f"unknown band {band}")
            codes[row, seen.index(band)] = 1
        return codes
