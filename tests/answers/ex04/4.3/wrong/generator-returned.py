"""A generator runs only when it is looped over, and by then the session is over."""


class AstronomyPipeline:
    def __call__(self, raw_observations):
        with self.batch_processing_session():
            return (self.classify_safely(raw, i) for i, raw in enumerate(raw_observations))
