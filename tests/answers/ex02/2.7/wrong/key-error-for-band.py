class TransientLightCurve:
    def get_peak_magnitude(self, band: str = "r", zeropoint: float = 25.0) -> float:
        fluxes = [f for f in self[band].data["flux"] if math.isfinite(f) and f > 0]
        if not fluxes:
            raise ValueError(f"band {band} has no valid observation")
        return zeropoint - 2.5 * math.log10(max(fluxes))
