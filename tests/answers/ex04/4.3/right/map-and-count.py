import itertools


class AstronomyPipeline:
    def classify_safely(self, raw_data, position):
        outcome = {"object_id": self._name_of(raw_data, position)}
        try:
            outcome["label"] = self.process_and_classify(raw_data)
            event = "classified"
        except Exception as error:
            outcome["error"] = f"{error}"
            event = "failed"
            self.logger.error("{object_id}: {error}".format(**outcome))
        self._announce(event, **outcome)
        return outcome.get("label", "failed")

    def __call__(self, raw_observations):
        with self.batch_processing_session():
            labels = list(map(self.classify_safely, raw_observations, itertools.count()))
        return labels
