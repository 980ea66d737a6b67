class LightCurve:
    def __init__(self, data, object_id="unknown"):
        for observation in data:
            for column in COLUMNS:
                if column not in observation:
                    raise ValueError(f"{column!r} is missing")
                if column != "band" and not isinstance(observation[column], Real):
                    raise ValueError(f"{column!r} is not a number")
            if not math.isfinite(observation["mjd"]):
                raise ValueError("'mjd' is not finite")
        self.object_id = object_id
        self.observations = data
        table = pd.DataFrame(data, columns=COLUMNS)
        self.data = table.sort_values("mjd", kind="stable", ignore_index=True)

    def __getitem__(self, key):
        if isinstance(key, int):
            return self.observations[key]
        if isinstance(key, slice):
            return self._with_data(self.data.iloc[key])
        if key not in self.bands:
            raise KeyError(f"there is no {key!r} in {self.bands}")
        return self._with_data(self.data[self.data["band"] == key])
