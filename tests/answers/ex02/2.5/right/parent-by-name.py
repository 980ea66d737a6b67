class TransientLightCurve:
    def __init__(self, data, object_id, transient_type=None, peak_mjd=None) -> None:
        LightCurve.__init__(self, data, object_id)
        self.peak_mjd = peak_mjd
        self.transient_type = transient_type
