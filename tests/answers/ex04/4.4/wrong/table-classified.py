"""The table inside of the light curve, where the classifier wants the light curve."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        return self.classifier.predict(self.processor.process_lightcurve(raw_data).data)
