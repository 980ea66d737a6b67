"""The classifier gets the record."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        self.processor.process_lightcurve(raw_data)
        return self.classifier.predict(raw_data)
