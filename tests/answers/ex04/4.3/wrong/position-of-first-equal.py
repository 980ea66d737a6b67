"""`index` finds the first record that is equal."""


class AstronomyPipeline:
    def __call__(self, raw_observations):
        with self.batch_processing_session():
            return [
                self.classify_safely(raw, raw_observations.index(raw)) for raw in raw_observations
            ]
