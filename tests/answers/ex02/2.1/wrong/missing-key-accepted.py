class LightCurve:
    def __init__(self, data, object_id="unknown"):
        for obs in data:
            for key in ("mjd", "flux", "flux_err"):
                if not isinstance(obs.get(key, math.nan), Real):
                    raise ValueError(f"{key} must be a number")
            if not math.isfinite(obs.get("mjd", 0.0)):
                raise ValueError("mjd must be finite")
        table = pd.DataFrame(data, columns=COLUMNS)
        self.data = table.sort_values("mjd", kind="stable", ignore_index=True)
        self.object_id = object_id
