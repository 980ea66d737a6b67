class LightCurve:
    def __init__(self, data, object_id="unknown"):
        for obs in data:
            for key in COLUMNS:
                assert key in obs, f"missing key {key}"
                if key != "band":
                    assert isinstance(obs[key], Real), f"{key} must be a number"
            assert math.isfinite(obs["mjd"]), "mjd must be finite"
        table = pd.DataFrame(data, columns=COLUMNS)
        self.data = table.sort_values("mjd", kind="stable", ignore_index=True)
        self.object_id = object_id
