import numbers
from functools import partial


def number(field, observation):
    value = observation[field]
    if isinstance(value, numbers.Number):
        return float(value)
    raise ValueError(f"{field}: expected a number, got {type(value).__name__}")


class LightCurve:
    def __init__(self, data: list[Observation], object_id: str = "unknown") -> None:
        for i, observation in enumerate(data):
            try:
                [observation[name] for name in COLUMNS]
            except KeyError as error:
                raise ValueError(f"observation {i} lacks {error}") from error
        readers = {name: partial(number, name) for name in COLUMNS[:3]}
        columns = {name: list(map(read, data)) for name, read in readers.items()}
        columns["band"] = [str(observation["band"]) for observation in data]
        for t in columns["mjd"]:
            if t != t or abs(t) == float("inf"):
                raise ValueError(f"mjd cannot be {t}")
        order = sorted(range(len(data)), key=lambda i: columns["mjd"][i])
        self.data = pd.DataFrame({k: [v[i] for i in order] for k, v in columns.items()})
        self.object_id = object_id
