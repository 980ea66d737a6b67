"""Failed records are left out of the list."""


class AstronomyPipeline:
    def __call__(self, raw_observations):
        labels = []
        with self.batch_processing_session():
            for position, raw in enumerate(raw_observations):
                try:
                    labels.append(self.process_and_classify(raw))
                except Exception as error:
                    self.logger.error("%s failed: %s", self._name_of(raw, position), error)
        return labels
