"""An object of every survey, to fill the dictionary."""


class SurveyProcessor:
    @classmethod
    def from_survey_name(cls, survey_name):
        def descendants(base):
            for sub in base.__subclasses__():
                yield sub
                yield from descendants(sub)

        names = []
        registry = {}
        for sub in descendants(SurveyProcessor):
            if not inspect.isabstract(sub):
                name = sub.__name__.removesuffix("Processor")
                names.append(name)
                registry[name.lower()] = sub()
        key = survey_name.strip().lower()
        if key not in registry:
            raise ValueError(f"no survey called {survey_name!r}; there are {', '.join(names)}")
        return registry[key]
