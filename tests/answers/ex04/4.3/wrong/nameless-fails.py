"""The name is looked up where there may be none."""


class AstronomyPipeline:
    def classify_safely(self, raw_data, position):
        try:
            name = raw_data["objectId"]
            label = self.process_and_classify(raw_data)
        except Exception as error:
            name = self._name_of(raw_data, position)
            self.logger.error("%s failed: %s", name, error)
            self._announce("failed", object_id=name, error=str(error))
            return "failed"
        self._announce("classified", object_id=name, label=label)
        return label
