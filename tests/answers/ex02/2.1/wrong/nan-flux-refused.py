class LightCurve:
    def __init__(self, data, object_id="unknown"):
        for obs in data:
            for key in COLUMNS:
                if key not in obs:
                    raise ValueError(f"missing key {key}")
                if key == "band":
                    continue
                if not isinstance(obs[key], Real) or not math.isfinite(obs[key]):
                    raise ValueError(f"{key} must be a finite number")
        table = pd.DataFrame(data, columns=COLUMNS)
        self.data = table.sort_values("mjd", kind="stable", ignore_index=True)
        self.object_id = object_id
