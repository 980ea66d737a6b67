"""A dictionary raises what a dictionary raises."""


class LightCurveDataset:
    def _encode_bands(self, bands):
        column = {band: number for number, band in enumerate(BANDS)}
        codes = np.zeros((len(bands), len(BANDS)), dtype=np.float32)
        for row, band in enumerate(bands):
            codes[row, column[band]] = 1
        return codes
