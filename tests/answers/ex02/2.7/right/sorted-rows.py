class TransientLightCurve:
    def get_peak_magnitude(self, band: str = "r", zeropoint: float = 25.0) -> float:
        table = self.data.replace([np.inf, -np.inf], np.nan).dropna(subset=["flux"])
        table = table[(table.band == band) & table.flux.gt(0)].nlargest(1, "flux")
        if len(table) != 1:
            raise ValueError("no peak")
        (flux,) = table["flux"]
        return np.array(-2.5 * np.log10(flux) + zeropoint).item()
