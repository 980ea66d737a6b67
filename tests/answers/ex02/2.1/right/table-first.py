class LightCurve:
    def __init__(self, data: list[Observation], object_id: str = "unknown") -> None:
        if data:
            names = [set(observation) for observation in data]
            lacking = set(COLUMNS) - set.intersection(*names)
            if lacking:
                raise ValueError(f"missing: {sorted(lacking)}")
        table = pd.DataFrame.from_records(data, columns=COLUMNS if not data else None)[COLUMNS]
        for name in ("mjd", "flux", "flux_err"):
            bad = [x for x in table[name].tolist() if not isinstance(x, Real)]
            nothing = any(observation[name] is None for observation in data)
            if bad or nothing:
                raise ValueError("%s must be a number in every observation" % name)
        table[COLUMNS[:3]] = table[COLUMNS[:3]].astype(float)
        if not np.isfinite(table["mjd"].to_numpy()).all():
            raise ValueError("there is an mjd that is not finite")
        table.sort_values(by="mjd", kind="mergesort", inplace=True)
        table.reset_index(drop=True, inplace=True)
        self.object_id, self.data = object_id, table
