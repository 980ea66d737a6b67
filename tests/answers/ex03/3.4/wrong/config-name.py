class LSSTProcessor:
    def __init__(self):
        bands = list("ugrizy")
        super().__init__(SurveyConfig("Rubin", bands, dict.fromkeys(bands, 31.4), 3.0))
