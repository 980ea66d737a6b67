class LSSTProcessor:
    def __init__(self):
        bands = list("ugrizy")
        super().__init__(SurveyConfig("LSST", bands, dict.fromkeys(bands, 31.4), 1.0))
