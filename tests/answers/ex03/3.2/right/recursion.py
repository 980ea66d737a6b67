def every_subclass(cls):
    for subclass in cls.__subclasses__():
        yield subclass
        yield from every_subclass(subclass)


class SurveyProcessor:
    @classmethod
    def from_survey_name(cls, survey_name):
        concrete = [
            each for each in every_subclass(SurveyProcessor) if not inspect.isabstract(each)
        ]
        wanted = survey_name.strip().casefold() + "processor"
        matching = [each for each in concrete if each.__name__.casefold() == wanted]
        if not matching:
            names = sorted({each.__name__[: -len("Processor")] for each in concrete})
            raise ValueError(f"{survey_name} is unknown. Known surveys: {names}")
        return matching[-1]()
