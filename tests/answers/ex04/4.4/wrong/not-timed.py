"""The decorator is gone."""


class AstronomyPipeline:
    def process_and_classify(self, raw_data):
        return self.classifier.predict(self.processor.process_lightcurve(raw_data))
