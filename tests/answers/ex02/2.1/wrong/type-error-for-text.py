class LightCurve:
    def __init__(self, data, object_id="unknown"):
        for obs in data:
            for key in COLUMNS:
                if key not in obs:
                    raise ValueError(f"missing key {key}")
            for key in ("mjd", "flux", "flux_err"):
                if math.isinf(obs[key]):
                    raise ValueError(f"{key} must be finite")
            if math.isnan(obs["mjd"]):
                raise ValueError("mjd must not be NaN")
        table = pd.DataFrame(data, columns=COLUMNS)
        self.data = table.sort_values("mjd", kind="stable", ignore_index=True)
        self.object_id = object_id
