class TransientLightCurve:
    def __init__(self, data, object_id="unknown", transient_type=None, peak_mjd=None, **more):
        super().__init__(list(data), object_id)
        self.__dict__ |= {"transient_type": transient_type, "peak_mjd": peak_mjd, **more}
