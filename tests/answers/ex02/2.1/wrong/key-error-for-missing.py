class LightCurve:
    def __init__(self, data, object_id="unknown"):
        for obs in data:
            for key in ("mjd", "flux", "flux_err"):
                if not isinstance(obs[key], Real):
                    raise ValueError(f"{key} must be a number")
            if not math.isfinite(obs["mjd"]):
                raise ValueError("mjd must be finite")
        rows = [{key: obs[key] for key in COLUMNS} for obs in data]
        table = pd.DataFrame(rows, columns=COLUMNS)
        self.data = table.sort_values("mjd", kind="stable", ignore_index=True)
        self.object_id = object_id
