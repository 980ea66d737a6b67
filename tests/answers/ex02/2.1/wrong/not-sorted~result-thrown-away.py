class LightCurve:
    def __init__(self, data, object_id="unknown"):
        self.object_id = object_id
        for i, observation in enumerate(data):
            missing = [name for name in COLUMNS if name not in observation]
            if missing:
                raise ValueError(f"observation {i} has no {', '.join(missing)}")
            for name in ("mjd", "flux", "flux_err"):
                if not isinstance(observation[name], (int, float)):
                    raise ValueError(f"{name} of observation {i} is not a number")
            if math.isnan(observation["mjd"]) or math.isinf(observation["mjd"]):
                raise ValueError(f"mjd of observation {i} is {observation['mjd']}")
        self.data = pd.DataFrame(data, columns=COLUMNS)
        self.data.sort_values("mjd", kind="stable", ignore_index=True)
