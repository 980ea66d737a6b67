"""An object's label is remembered, although its next record has more in it."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        known = self.__dict__.setdefault("_known", {})
        name = self._name_of(raw_data, 0)
        if name not in known:
            known[name] = self.classifier.predict(self.processor.process_lightcurve(raw_data))
        return known[name]
