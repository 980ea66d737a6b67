class LightCurve:
    def __init__(self, data: list[Observation], object_id: str = "unknown") -> None:
        self.object_id = object_id
        if data:
            for key in COLUMNS:
                if key not in data[0]:
                    raise ValueError(f"the observations have no {key!r}")
        for number, observation in enumerate(data):
            for field in ["mjd", "flux", "flux_err"]:
                value = observation.get(field)
                if not isinstance(value, Real):
                    raise ValueError(f"observation {number}: {field} is {value!r}, not a number")
            if not np.isfinite(observation["mjd"]):
                raise ValueError(f"observation {number}: mjd is {observation['mjd']}")
        self.data = pd.DataFrame(data, columns=COLUMNS)
        self.data = self.data.sort_values("mjd", kind="stable", ignore_index=True)
