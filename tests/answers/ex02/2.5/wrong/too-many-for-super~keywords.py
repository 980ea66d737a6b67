class TransientLightCurve:
    def __init__(self, data, object_id, transient_type=None, peak_mjd=None):
        super().__init__(
            data=data, object_id=object_id, transient_type=transient_type, peak_mjd=peak_mjd
        )
