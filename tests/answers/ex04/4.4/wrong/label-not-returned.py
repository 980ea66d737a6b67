"""The label is found and lost."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        lightcurve = self.processor.process_lightcurve(raw_data)
        self.classifier.predict(lightcurve)
