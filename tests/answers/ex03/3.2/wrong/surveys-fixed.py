class SurveyProcessor:
    @classmethod
    def from_survey_name(cls, survey_name):
        if survey_name.strip().upper() == "ZTF":
            return ZTFProcessor()
        if survey_name.strip().upper() == "LSST":
            return LSSTProcessor()
        raise ValueError(f"no survey is called {survey_name!r}; there are: ZTF, LSST")
