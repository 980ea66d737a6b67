"""NumPy's usual type."""


class LightCurveDataset:
    def _encode_bands(self, bands):
        codes = np.zeros((len(bands), len(BANDS)))
        for row, band in enumerate(bands):
            codes[row, BANDS.index(band)] = 1
        return codes
