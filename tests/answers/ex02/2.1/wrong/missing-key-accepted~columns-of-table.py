class LightCurve:
    def __init__(self, data, object_id="unknown"):
        table = pd.DataFrame(data, columns=None if data else COLUMNS)
        for column in COLUMNS:
            if column not in table.columns:
                raise ValueError(f"{column} is missing")
        for obs in data:
            for column in COLUMNS[:3]:
                if not isinstance(obs.get(column, 0.0), Real):
                    raise ValueError(f"{column} is not a number")
            if not math.isfinite(obs.get("mjd", 0.0)):
                raise ValueError("mjd is not finite")
        table = table[COLUMNS]
        self.data = table.sort_values("mjd", kind="stable", ignore_index=True)
        self.object_id = object_id
