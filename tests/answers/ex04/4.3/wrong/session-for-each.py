"""A session for each record."""


class AstronomyPipeline:
    def __call__(self, raw_observations):
        labels = []
        for position, raw in enumerate(raw_observations):
            with self.batch_processing_session():
                labels.append(self.classify_safely(raw, position))
        return labels
