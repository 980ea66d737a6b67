"""The pipeline decides what an empty light curve is."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        lightcurve = self.processor.process_lightcurve(raw_data)
        if len(lightcurve) < 3:
            return "unknown"
        return self.classifier.predict(lightcurve)
