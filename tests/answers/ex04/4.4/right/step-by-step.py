class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        lightcurve = self.processor.process_lightcurve(raw_data)
        self.logger.debug("%s has %d observations", lightcurve.object_id, len(lightcurve))
        label = self.classifier.predict(lightcurve)
        return label
