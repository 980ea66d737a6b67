"""Two calls where one is enough."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        if len(self.processor.process_lightcurve(raw_data)) == 0:
            raise ValueError("nothing was seen")
        return self.classifier.predict(self.processor.process_lightcurve(raw_data))
