class LSSTProcessor:
    def __init__(self):
        ugrizy = [*"ugrizy"]
        super().__init__(SurveyConfig("LSST", ugrizy, dict.fromkeys(ugrizy, 31.4), 3.0))

    def process_lightcurve(self, raw_data):
        from itertools import compress
        from operator import itemgetter

        try:
            identity, sources = itemgetter("diaObjectId", "diaSources")(raw_data)
        except KeyError as missing:
            raise ValueError(f"{missing.args[0]} is not in the record") from missing
        columns = itemgetter("midpointMjdTai", "psfFlux", "psfFluxErr", "band")
        table = [*map(columns, sources)]
        mask = [b in self.config.bands and self.validate_photometry(f, e) for _, f, e, b in table]
        names = "mjd flux flux_err band".split()
        curve = TransientLightCurve(
            [dict(zip(names, row, strict=True)) for row in compress(table, mask)], f"{identity}"
        )
        self._count(mask.count(True), mask.count(False))
        return curve
