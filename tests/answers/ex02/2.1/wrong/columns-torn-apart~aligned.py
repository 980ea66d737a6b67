class LightCurve:
    def __init__(self, data, object_id="unknown"):
        self.object_id = object_id
        for obs in data:
            for key in ["mjd", "flux", "flux_err", "band"]:
                if key not in obs.keys():
                    raise ValueError("The key " + key + " is missing")
            for key in ["mjd", "flux", "flux_err"]:
                if isinstance(obs[key], str) or obs[key] is None:
                    raise ValueError(key + " is not a number")
            if np.isnan(obs["mjd"]) or np.isinf(obs["mjd"]):
                raise ValueError("mjd is not finite")
        table = pd.DataFrame(data, columns=COLUMNS)
        table["mjd"] = table["mjd"].sort_values().to_list()
        self.data = table
