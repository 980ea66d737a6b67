"""`repr` shows an exception as code."""


class AstronomyPipeline:
    def classify_safely(self, raw_data, position):
        name = self._name_of(raw_data, position)
        try:
            label = self.process_and_classify(raw_data)
        except Exception as error:
            self.logger.error("%s failed: %s", name, error)
            self._announce("failed", object_id=name, error=repr(error))
            return "failed"
        self._announce("classified", object_id=name, label=label)
        return label
