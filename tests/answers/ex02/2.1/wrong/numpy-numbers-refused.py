class LightCurve:
    def __init__(self, data: list[Observation], object_id: str = "unknown") -> None:
        for observation in data:
            for key in COLUMNS:
                if key not in observation:
                    raise ValueError(f"an observation has no {key}")
            for key in ["mjd", "flux", "flux_err"]:
                if not isinstance(observation[key], (int, float)):
                    raise ValueError(f"{key} is not a number: {observation[key]!r}")
            if not math.isfinite(observation["mjd"]):
                raise ValueError(f"mjd is {observation['mjd']}")
        self.object_id = object_id
        table = pd.DataFrame(data, columns=COLUMNS)
        self.data = table.sort_values("mjd", kind="stable", ignore_index=True)
