class LightCurve:
    def __init__(self, data, object_id="unknown"):
        for obs in data:
            if set(obs) != set(COLUMNS):
                raise ValueError("an observation is incomplete")
            for key in ("mjd", "flux", "flux_err"):
                if not isinstance(obs[key], Real):
                    raise ValueError(f"{key} must be a number")
            if not math.isfinite(obs["mjd"]):
                raise ValueError("mjd must be finite")
        table = pd.DataFrame(data, columns=COLUMNS)
        self.data = table.sort_values("mjd", kind="stable", ignore_index=True)
        self.object_id = object_id
