class TransientLightCurve:
    def __init__(
        self,
        data: list[Observation],
        object_id: str,
        transient_type: str | None = None,
        peak_mjd: float | None = None,
    ) -> None:
        super().__init__(data, object_id)
        self.transient_type = transient_type
        if peak_mjd is None and self.data["flux"].notna().any():
            peak_mjd = float(self.data.loc[self.data["flux"].astype(float).idxmax(), "mjd"])
        self.peak_mjd = peak_mjd
