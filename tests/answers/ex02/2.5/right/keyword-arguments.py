class TransientLightCurve:
    def __init__(
        self,
        data: list[Observation],
        object_id: str,
        transient_type: str | None = None,
        peak_mjd: float | None = None,
    ) -> None:
        super(TransientLightCurve, self).__init__(data=data, object_id=object_id)
        for name, value in {"transient_type": transient_type, "peak_mjd": peak_mjd}.items():
            setattr(self, name, value)
