class TransientLightCurve:
    def __init__(self, data, object_id, transient_type=None, peak_mjd=None):
        super().__init__(data, object_id)
        if not isinstance(peak_mjd, Real):
            raise ValueError("peak_mjd must be a number")
        self.transient_type = transient_type
        self.peak_mjd = peak_mjd
