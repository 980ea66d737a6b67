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
        self.object_id = object_id
        self.data = pd.DataFrame(data, columns=COLUMNS)
        self.data["mjd"] = np.sort(self.data["mjd"])
