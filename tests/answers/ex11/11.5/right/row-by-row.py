class ZTFDataPipeline:
    def preprocess_for_inference(self, lightcurve):
        observations = self.nightly(lightcurve).data.to_dict("records")

        def is_seen(o):
            return abs(o["flux"]) >= 5.0 * o["flux_err"]

        times = [o["mjd"] for o in observations if is_seen(o)]
        if not times:
            raise ValueError("nothing was detected of " + lightcurve.object_id)
        start = min(times)
        inside = [o for o in observations if -30 <= o["mjd"] - start <= 200]
        scale = max(abs(o["flux"]) for o in inside if is_seen(o))
        rows = []
        for o in inside:
            flux = 0.0 if math.isnan(o["flux"]) else o["flux"] / scale
            one_hot = [float(o["band"] == name) for name in "gri"]
            rows.append([o["mjd"] - start, flux, o["flux_err"] / scale, *one_hot])
        return torch.tensor(rows, dtype=torch.float)
