class LSSTProcessor:
    def __init__(self):
        bands = list("ugrizy")
        super().__init__(SurveyConfig("LSST", bands, dict.fromkeys(bands, 8.9), 3.0))
