"""Labels are collected by name: of two records of one object, one is lost."""


class AstronomyPipeline:
    def __call__(self, raw_observations):
        labels = {}
        with self.batch_processing_session():
            for i, raw in enumerate(raw_observations):
                labels[self._name_of(raw, i)] = self.classify_safely(raw, i)
        return list(labels.values())
