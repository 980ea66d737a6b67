class LSSTProcessor:
    def __init__(self):
        config = SurveyConfig(
            name="LSST",
            bands=["u", "g", "r", "i", "z", "y"],
            zeropoints={"u": 31.4, "g": 31.4, "r": 31.4, "i": 31.4, "z": 31.4, "y": 31.4},
            cadence_days=3,
        )
        SurveyProcessor.__init__(self, config)

    def process_lightcurve(self, raw_data):
        if "diaObjectId" not in raw_data:
            raise ValueError("diaObjectId is missing")
        if "diaSources" not in raw_data:
            raise ValueError("diaSources is missing")
        observations = []
        rejected = 0
        for source in raw_data["diaSources"]:
            flux = source["psfFlux"]
            flux_err = source["psfFluxErr"]
            band = source["band"]
            if band in {*self.config.bands} and self.validate_photometry(flux, flux_err):
                observations.append(
                    {
                        "mjd": source["midpointMjdTai"],
                        "flux": flux,
                        "flux_err": flux_err,
                        "band": band,
                    }
                )
            else:
                rejected += 1
        self._count(len(observations), rejected)
        return TransientLightCurve(observations, f"{raw_data['diaObjectId']}")
