class LightCurve:
    def __init__(self, data: list[Observation], object_id: str = "unknown") -> None:
        for observation in data:
            missing = [key for key in COLUMNS if key not in observation]
            if missing:
                raise ValueError(f"missing: {', '.join(missing)}")
            for key in COLUMNS[:3]:
                if not isinstance(observation[key], Real):
                    raise ValueError(f"{key} is no number")
            if not math.isfinite(observation["mjd"]):
                raise ValueError("mjd is not finite")
        self.object_id = object_id
        self.data = pd.DataFrame(data, columns=COLUMNS).sort_values(
            ["mjd", "band"], kind="stable", ignore_index=True
        )
