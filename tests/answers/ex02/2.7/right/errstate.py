class TransientLightCurve:
    def get_peak_magnitude(self, band: str = "r", zeropoint: float = 25.0) -> float:
        try:
            flux = self[band].data["flux"].to_numpy()
        except KeyError as error:
            raise ValueError(f"never observed in {band}") from error
        with np.errstate(divide="ignore", invalid="ignore"):
            magnitude = zeropoint - 2.5 * np.log10(flux)
        magnitude = magnitude[np.isfinite(magnitude)]
        if not magnitude.size:
            raise ValueError(f"no detection in {band}")
        return np.min(magnitude)
