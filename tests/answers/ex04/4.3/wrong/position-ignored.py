"""The position is counted in the pipeline, whatever is handed over."""


class AstronomyPipeline:
    def classify_safely(self, raw_data, position):
        self.number = getattr(self, "number", -1) + 1
        name = self._name_of(raw_data, self.number)
        try:
            label = self.process_and_classify(raw_data)
        except Exception as error:
            self.logger.error("%s failed: %s", name, error)
            self._announce("failed", object_id=name, error=str(error))
            return "failed"
        self._announce("classified", object_id=name, label=label)
        return label

    def __call__(self, raw_observations):
        with self.batch_processing_session():
            return [self.classify_safely(raw, i) for i, raw in enumerate(raw_observations)]
