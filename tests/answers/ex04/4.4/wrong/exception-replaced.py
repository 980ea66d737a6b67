"""The exception goes on as another one."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        try:
            return self.classifier.predict(self.processor.process_lightcurve(raw_data))
        except Exception as error:
            raise RuntimeError(f"the record cannot be processed: {error}") from error
