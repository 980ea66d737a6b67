class TransientLightCurve(object):
    def __init__(self, data, object_id, transient_type=None, peak_mjd=None):
        self.light_curve = LightCurve(data, object_id)
        self.transient_type = transient_type
        self.peak_mjd = peak_mjd

    def phase_fold(self, period):
        mjd = self.light_curve.data["mjd"]
        reference = mjd.min() if self.peak_mjd is None else self.peak_mjd
        return self.light_curve.data.assign(phase=(mjd - reference) / period % 1)

    def get_peak_magnitude(self, band="r", zeropoint=25.0):
        return zeropoint - 2.5 * math.log10(self.light_curve[band].data["flux"].max())
