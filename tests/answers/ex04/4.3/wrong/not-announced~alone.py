class AstronomyPipeline:
    def classify_safely(self, raw_data, position):
        name = self._name_of(raw_data, position)
        self.message = None
        try:
            return self.process_and_classify(raw_data)
        except Exception as error:
            self.logger.error("%s failed: %s", name, error)
            self.message = str(error)
            return "failed"

    def __call__(self, raw_observations):
        labels = []
        with self.batch_processing_session():
            for i, raw in enumerate(raw_observations):
                label = self.classify_safely(raw, i)
                name = self._name_of(raw, i)
                if self.message is None:
                    self._announce("classified", object_id=name, label=label)
                else:
                    self._announce("failed", object_id=name, error=self.message)
                labels.append(label)
        return labels
