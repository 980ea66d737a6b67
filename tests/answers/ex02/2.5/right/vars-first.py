class TransientLightCurve:
    def __init__(
        self,
        data: list[Observation],
        object_id: str,
        transient_type: str | None = None,
        peak_mjd: float | None = None,
    ) -> None:
        vars(self).update(transient_type=transient_type, peak_mjd=peak_mjd)
        super().__init__(object_id=object_id, data=data)
