class LightCurve:
    def __init__(self, data, object_id="unknown"):
        rows = []
        for obs in data:
            row = {}
            for key in COLUMNS:
                if key not in obs:
                    raise ValueError(f"missing key {key}")
                try:
                    row[key] = obs[key] if key == "band" else float(obs[key])
                except (TypeError, ValueError):
                    raise ValueError(f"{key} is not a number") from None
            if not math.isfinite(row["mjd"]):
                raise ValueError("mjd must be finite")
            rows.append(row)
        table = pd.DataFrame(rows, columns=COLUMNS)
        self.data = table.sort_values("mjd", kind="stable", ignore_index=True)
        self.object_id = object_id
