class LightCurve:
    def __init__(self, data, object_id="unknown"):
        rows = []
        for obs in data:
            for key in COLUMNS:
                if key not in obs:
                    raise ValueError(f"missing key {key}")
            row = [obs.pop(key) for key in COLUMNS]
            for key, value in zip(COLUMNS[:3], row, strict=False):
                if not isinstance(value, Real):
                    raise ValueError(f"{key} must be a number")
            if not math.isfinite(row[0]):
                raise ValueError("mjd must be finite")
            rows.append(row)
        rows.sort(key=lambda row: row[0])
        self.data = pd.DataFrame(rows, columns=COLUMNS)
        self.object_id = object_id
