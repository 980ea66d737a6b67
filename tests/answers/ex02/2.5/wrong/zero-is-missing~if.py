class TransientLightCurve:
    def __init__(self, data, object_id, transient_type=None, peak_mjd=None):
        super().__init__(data, object_id)
        self.transient_type = transient_type
        if peak_mjd:
            self.peak_mjd = peak_mjd
        else:
            self.peak_mjd = None
