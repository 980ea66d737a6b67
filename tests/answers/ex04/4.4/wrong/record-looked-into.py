"""The pipeline looks into the record, which LSST writes in another way."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        if "candidates" not in raw_data:
            raise KeyError("the record has no candidates")
        return self.classifier.predict(self.processor.process_lightcurve(raw_data))
