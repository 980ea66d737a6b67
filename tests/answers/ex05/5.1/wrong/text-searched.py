"""The band is looked for in the text "gri"."""


class LightCurveDataset:
    def _encode_bands(self, bands):
        names = "".join(BANDS)
        codes = np.zeros((len(bands), len(BANDS)), dtype=np.float32)
        for i, band in enumerate(bands):
            if band not in names:
                raise ValueError(f"unknown band {band!r}")
            codes[i, names.index(band)] = 1
        return codes
