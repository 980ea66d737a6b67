class LSSTProcessor:
    def __init__(self):
        bands = list("ugrizy")
        super().__init__(SurveyConfig("LSST", bands, 31.4, 3.0))
