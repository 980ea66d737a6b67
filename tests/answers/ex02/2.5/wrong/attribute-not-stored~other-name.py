class TransientLightCurve:
    def __init__(self, data, object_id, transient_type=None, peak_mjd=None):
        super().__init__(data, object_id)
        self.type = transient_type
        self.peak_mjd = peak_mjd
