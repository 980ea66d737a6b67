from functools import reduce


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        steps = (self.processor.process_lightcurve, self.classifier.predict)
        return reduce(lambda value, step: step(value), steps, raw_data)
