class LightCurve:
    def __init__(self, data, object_id="unknown"):
        self.object_id = object_id
        columns = {name: [obs[name] for obs in data] for name in COLUMNS}
        for name in COLUMNS[:3]:
            if not all(isinstance(value, Real) for value in columns[name]):
                raise ValueError(f"{name} holds something that is not a number")
        if not np.isfinite(columns["mjd"]).all():
            raise ValueError("mjd must be finite")
        order = np.argsort(columns["mjd"], kind="stable")
        self.data = pd.DataFrame(columns).iloc[order].reset_index(drop=True)
