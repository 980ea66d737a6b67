"""No session is opened."""


class AstronomyPipeline:
    def __call__(self, raw_observations):
        return [self.classify_safely(raw, i) for i, raw in enumerate(raw_observations)]
