class ZTFProcessor:
    def process_lightcurve(self, raw_data):
        processor = self

        class Alert:
            def __init__(self, entry):
                self.entry = entry

            def __bool__(self):
                return self.entry.get("candid", None) is not None

            @property
            def band(self):
                return FILTERS.get(self.entry["fid"])

            @property
            def mjd(self):
                return self.entry["jd"] - 2400000.5 if "jd" in self.entry else self.entry["mjd"]

            @property
            def sign(self):
                return (
                    -1.0
                    if str(self.entry["isdiffpos"]).lower() in {"f", "0", "-1", "false"}
                    else +1.0
                )

            @property
            def flux(self):
                with np.errstate(over="ignore", invalid="ignore"):
                    x = (
                        np.float64(processor.config.zeropoints[self.band] - self.entry["magpsf"])
                        / 2.5
                    )
                    return float(self.sign * np.float64(10) ** x)

            @property
            def flux_err(self):
                return abs(self.flux) * self.entry["sigmapsf"] * 0.4 * math.log(10)

            @property
            def valid(self):
                return self.band is not None and processor.validate_photometry(
                    self.flux, self.flux_err
                )

            def observation(self):
                return {k: getattr(self, k) for k in ("mjd", "flux", "flux_err", "band")}

        for key in ("candidates", "objectId"):
            try:
                raw_data[key]
            except LookupError:
                raise ValueError("record without " + key)
        alerts = list(filter(None, map(Alert, raw_data["candidates"])))
        good = [a for a in alerts if a.valid]
        curve = TransientLightCurve([a.observation() for a in good], raw_data["objectId"])
        self._count(len(good), len(alerts) - len(good))
        return curve
