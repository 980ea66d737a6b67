def complaint(observation):
    """Return what is wrong with an observation, or an empty text."""
    for key in COLUMNS:
        if key not in observation:
            return f"{key} is missing"
    for key in COLUMNS[:-1]:
        if not isinstance(observation[key], Real):
            return f"{key} should be a number, not {type(observation[key]).__name__}"
    return "" if np.isfinite(float(observation["mjd"])) else "mjd is NaN or infinite"


class LightCurve:
    def __init__(self, data: list[Observation], object_id: str = "unknown") -> None:
        for problem in filter(None, map(complaint, data)):
            raise ValueError(problem)
        order = np.argsort([float(o["mjd"]) for o in data], kind="stable")
        self.data = pd.DataFrame({key: [data[i][key] for i in order] for key in COLUMNS})
        self.object_id = object_id
