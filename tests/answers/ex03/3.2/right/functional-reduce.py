class SurveyProcessor:
    @classmethod
    def from_survey_name(cls, survey_name):
        from functools import reduce

        root = next(k for k in reversed(cls.__mro__) if inspect.isabstract(k))  # SurveyProcessor

        def collect(found, klass):
            here = {} if inspect.isabstract(klass) else {klass.__name__: klass}
            return reduce(collect, klass.__subclasses__(), found | here)

        classes = collect({}, root)
        wanted = (survey_name.strip() + "Processor").lower()
        matching = list(filter(lambda item: item[0].lower() == wanted, classes.items()))
        if not matching:
            raise ValueError(
                "unknown survey; there are "
                + repr({name[:-9] for name in classes if name.endswith("Processor")})
            )
        (_, klass) = matching.pop()
        return klass()
