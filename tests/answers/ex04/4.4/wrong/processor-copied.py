"""A fresh copy for each record, so that the pipeline's own processor counts nothing."""

import copy


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        processor = copy.copy(self.processor)
        return self.classifier.predict(processor.process_lightcurve(raw_data))
