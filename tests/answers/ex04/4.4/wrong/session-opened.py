"""A session for a single record: within `pipeline(records)` it is refused."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        with self.batch_processing_session():
            return self.classifier.predict(self.processor.process_lightcurve(raw_data))
