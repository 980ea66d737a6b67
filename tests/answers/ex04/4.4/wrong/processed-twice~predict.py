"""The classifier is asked twice."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        lightcurve = self.processor.process_lightcurve(raw_data)
        self.logger.info("it is a %s", self.classifier.predict(lightcurve))
        return self.classifier.predict(lightcurve)
