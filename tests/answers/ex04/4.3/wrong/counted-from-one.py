"""Positions begin with 1."""


class AstronomyPipeline:
    def __call__(self, raw_observations):
        with self.batch_processing_session():
            return [self.classify_safely(raw, i) for i, raw in enumerate(raw_observations, start=1)]
