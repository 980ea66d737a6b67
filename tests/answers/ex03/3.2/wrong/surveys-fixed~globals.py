class SurveyProcessor:
    @classmethod
    def from_survey_name(cls, survey_name):
        known = {k: v for k, v in globals().items() if k.endswith("Processor") and not inspect.isabstract(v)}
        for name, processor in known.items():
            if name.lower() == survey_name.strip().lower() + "processor":
                return processor()
        raise ValueError(f"no survey is called {survey_name!r}; there are: {', '.join(known)}")
