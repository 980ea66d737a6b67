class LSSTProcessor:
    def __init__(self):
        bands = list("girzuy")
        super().__init__(SurveyConfig("LSST", bands, dict.fromkeys(bands, 31.4), 3.0))
