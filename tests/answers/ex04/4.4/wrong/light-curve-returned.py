"""The light curve instead of its label."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        return self.processor.process_lightcurve(raw_data)
