class AstronomyPipeline:
    def __call__(self, raw_observations):
        labels = []
        with self.batch_processing_session():
            for position, raw in enumerate(raw_observations):
                name = self._name_of(raw, position)
                try:
                    label = self.process_and_classify(raw)
                except Exception as error:
                    label = "failed"
                    self.logger.exception("record %s cannot be processed", name)
                    self._announce("failed", object_id=name, error=str(error))
                else:
                    self._announce("classified", object_id=name, label=label)
                labels.append(label)
        return labels
