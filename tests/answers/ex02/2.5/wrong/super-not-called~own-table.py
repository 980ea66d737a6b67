class TransientLightCurve:
    def __init__(self, data, object_id, transient_type=None, peak_mjd=None):
        table = pd.DataFrame(data, columns=COLUMNS)
        self.data = table.sort_values("mjd", kind="stable", ignore_index=True)
        self.object_id = object_id
        self.transient_type = transient_type
        self.peak_mjd = peak_mjd
