class TransientLightCurve:
    def get_peak_magnitude(self, band: str = "r", zeropoint: float = 25.0) -> float:
        valid = self.data.query(
            "band == @band and 0 < flux < inf", local_dict={"band": band, "inf": np.inf}
        )
        return -2.5 * math.log10(max(valid["flux"])) + zeropoint
