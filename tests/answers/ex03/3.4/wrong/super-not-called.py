class LSSTProcessor:
    def __init__(self):
        bands = list("ugrizy")
        self.config = (SurveyConfig("LSST", bands, dict.fromkeys(bands, 31.4), 3.0))
