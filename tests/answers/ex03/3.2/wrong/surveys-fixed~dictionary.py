class SurveyProcessor:
    @classmethod
    def from_survey_name(cls, survey_name):
        processors = {"ztf": ZTFProcessor, "lsst": LSSTProcessor}
        name = survey_name.strip().lower()
        if name not in processors:
            raise ValueError(f"no survey is called {survey_name!r}; there are: {list(processors)}")
        return processors[name]()
