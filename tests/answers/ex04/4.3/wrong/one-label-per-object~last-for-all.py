"""As many labels as records, but each object has the label of its last record."""


class AstronomyPipeline:
    def __call__(self, raw_observations):
        labels = {}
        with self.batch_processing_session():
            for i, raw in enumerate(raw_observations):
                labels[self._name_of(raw, i)] = self.classify_safely(raw, i)
        return [labels[self._name_of(raw, i)] for i, raw in enumerate(raw_observations)]
