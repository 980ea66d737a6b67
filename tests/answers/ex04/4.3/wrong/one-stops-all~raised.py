"""Nothing is caught."""


class AstronomyPipeline:
    def __call__(self, raw_observations):
        with self.batch_processing_session():
            return [self.process_and_classify(raw) for raw in raw_observations]
