"""A label that is not one of the five is not believed."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        label = self.classifier.predict(self.processor.process_lightcurve(raw_data))
        return label if label in CLASSES else "unknown"
