REGISTRY = {}


class SurveyProcessor:
    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        REGISTRY[cls.__name__.removesuffix("Processor").lower()] = cls

    @classmethod
    def from_survey_name(cls, survey_name):
        known = {name: found for name, found in REGISTRY.items() if not found.__abstractmethods__}
        try:
            found = known[survey_name.strip().lower()]
        except KeyError:
            raise ValueError("unknown survey, choose from " + ", ".join(known).upper()) from None
        return found()
