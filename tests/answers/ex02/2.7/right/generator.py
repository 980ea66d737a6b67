class TransientLightCurve:
    def get_peak_magnitude(self, band: str = "r", zeropoint: float = 25.0) -> float:
        valid = (
            row.flux
            for row in self.data.itertuples(index=False)
            if row.band == band and 0 < row.flux < math.inf
        )
        if (brightest := max(valid, default=None)) is None:
            raise ValueError(f"nothing to see in band {band}")
        return float(zeropoint - np.log10(brightest) * 5 / 2)
