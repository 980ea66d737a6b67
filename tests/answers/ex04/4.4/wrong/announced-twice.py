"""The label is announced here, and by `classify_safely` once more."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        label = self.classifier.predict(self.processor.process_lightcurve(raw_data))
        self._announce("classified", object_id=self._name_of(raw_data, 0), label=label)
        return label
