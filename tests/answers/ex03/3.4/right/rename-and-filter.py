NAMES = {"midpointMjdTai": "mjd", "psfFlux": "flux", "psfFluxErr": "flux_err", "band": "band"}


class LSSTProcessor:
    def __init__(self):
        super(LSSTProcessor, self).__init__(
            SurveyConfig("LSST", [*"ugrizy"], {b: 31.4 for b in "ugrizy"}, 3.0)
        )

    def process_lightcurve(self, raw_data):
        match raw_data:
            case {"diaObjectId": object_id, "diaSources": sources}:
                pass
            case {"diaObjectId": _}:
                raise ValueError("diaSources")
            case _:
                raise ValueError("diaObjectId")

        def valid(observation):
            known = observation["band"] in self.config.bands
            return known and self.validate_photometry(observation["flux"], observation["flux_err"])

        renamed = [{new: source[old] for old, new in NAMES.items()} for source in sources]
        kept = list(filter(valid, renamed))
        self._count(len(kept), rejected=len(renamed) - len(kept))
        return TransientLightCurve(data=kept, object_id=str(object_id))
