class LightCurve:
    def __init__(self, data, object_id="unknown"):
        for obs in data:
            for key in COLUMNS:
                if key not in obs:
                    raise ValueError(f"missing key {key}")
                if key != "band" and not isinstance(obs[key], Real):
                    raise ValueError(f"{key} must be a number")
            if obs["mjd"] == float("nan") or obs["mjd"] == float("inf"):
                raise ValueError("mjd must be finite")
        table = pd.DataFrame(data, columns=COLUMNS)
        self.data = table.sort_values("mjd", kind="stable", ignore_index=True)
        self.object_id = object_id
