"""A classifier of its own, not the one it was given."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        return SimpleTransientClassifier().predict(self.processor.process_lightcurve(raw_data))
