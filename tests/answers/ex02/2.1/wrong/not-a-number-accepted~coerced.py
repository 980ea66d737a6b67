class LightCurve:
    def __init__(self, data, object_id="unknown"):
        for obs in data:
            for key in COLUMNS:
                if key not in obs:
                    raise ValueError(f"missing key {key}")
        table = pd.DataFrame(data, columns=COLUMNS)
        for key in COLUMNS[:3]:
            table[key] = pd.to_numeric(table[key], errors="coerce")
        if not np.isfinite(table["mjd"]).all():
            raise ValueError("every mjd must be a finite number")
        self.data = table.sort_values("mjd", kind="stable", ignore_index=True)
        self.object_id = object_id
