"""One `try` around the whole loop."""


class AstronomyPipeline:
    def __call__(self, raw_observations):
        labels = []
        with self.batch_processing_session():
            try:
                for raw in raw_observations:
                    labels.append(self.process_and_classify(raw))
            except Exception as error:
                self.logger.error("%s failed: %s", self._name_of(raw, len(labels)), error)
                labels.append("failed")
        return labels
