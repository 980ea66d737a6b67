class LSSTProcessor:
    def __init__(self):
        bands = ["g", "r", "i"]
        super().__init__(SurveyConfig("LSST", bands, dict.fromkeys(bands, 31.4), 3.0))
