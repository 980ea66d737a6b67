"""Always ZTF, whatever processor it was given."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        return self.classifier.predict(ZTFProcessor().process_lightcurve(raw_data))
