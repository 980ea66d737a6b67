"""Errors are dealt with here, where they should go on."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        try:
            return self.classifier.predict(self.processor.process_lightcurve(raw_data))
        except Exception:
            return "failed"
