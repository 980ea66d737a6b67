class LightCurve:
    def __init__(self, data, object_id="unknown"):
        good = []
        for obs in data:
            if not all(key in obs for key in COLUMNS):
                continue
            for key in ("mjd", "flux", "flux_err"):
                if not isinstance(obs[key], Real):
                    raise ValueError(f"{key} must be a number")
            if not math.isfinite(obs["mjd"]):
                raise ValueError("mjd must be finite")
            good.append(obs)
        table = pd.DataFrame(good, columns=COLUMNS)
        self.data = table.sort_values("mjd", kind="stable", ignore_index=True)
        self.object_id = object_id
