"""`in` with a text finds pieces of it."""


class LSSTProcessor:
    def process_lightcurve(self, raw_data):
        for key in ("diaObjectId", "diaSources"):
            if key not in raw_data:
                raise ValueError(f"the record has no {key!r}; it has {list(raw_data)}")
        sources = raw_data["diaSources"]
        data = [
            {
                "mjd": source["midpointMjdTai"],
                "flux": source["psfFlux"],
                "flux_err": source["psfFluxErr"],
                "band": source["band"],
            }
            for source in sources
            if source["band"] in "ugrizy"
            and self.validate_photometry(source["psfFlux"], source["psfFluxErr"])
        ]
        self._count(len(data), len(sources) - len(data))
        return TransientLightCurve(data, str(raw_data["diaObjectId"]))
