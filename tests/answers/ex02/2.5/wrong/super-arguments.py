class TransientLightCurve:
    def __init__(self, data, object_id, transient_type=None, peak_mjd=None):
        super().__init__(object_id, data)
        self.transient_type = transient_type
        self.peak_mjd = peak_mjd
