class LightCurve:
    def __init__(self, data, object_id="unknown"):
        for obs in data:
            for key in COLUMNS:
                if key not in obs:
                    raise ValueError(f"missing key {key}")
                if key != "band" and not isinstance(obs[key], Real):
                    raise ValueError(f"{key} must be a number")
            if not math.isfinite(obs["mjd"]):
                raise ValueError("mjd must be finite")
        table = pd.DataFrame(
            {
                "time": [obs["mjd"] for obs in data],
                "flux": [obs["flux"] for obs in data],
                "error": [obs["flux_err"] for obs in data],
                "band": [obs["band"] for obs in data],
            }
        )
        self.data = table.sort_values("time", kind="stable", ignore_index=True)
        self.object_id = object_id
