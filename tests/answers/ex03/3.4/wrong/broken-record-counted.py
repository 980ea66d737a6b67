class LSSTProcessor:
    def process_lightcurve(self, raw_data):
        for key in ("diaObjectId", "diaSources"):
            if key not in raw_data:
                self._count(0, 0)
                raise ValueError(f"the record has no {key!r}; it has {list(raw_data)}")
        data, rejected = [], 0
        for source in raw_data["diaSources"]:
            flux, flux_err = source["psfFlux"], source["psfFluxErr"]
            if source["band"] not in self.config.bands or not self.validate_photometry(flux, flux_err):
                rejected += 1
                continue
            mjd = source["midpointMjdTai"]
            data.append({"mjd": mjd, "flux": flux, "flux_err": flux_err, "band": source["band"]})
        self._count(len(data), rejected)
        return TransientLightCurve(data, str(raw_data["diaObjectId"]))
