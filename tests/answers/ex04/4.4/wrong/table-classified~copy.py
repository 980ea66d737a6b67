"""A light curve of the clear points alone is made for the classifier."""


class AstronomyPipeline:
    @timing_decorator
    def process_and_classify(self, raw_data):
        found = self.processor.process_lightcurve(raw_data)
        clear = found.data[found.data["flux"] > 3 * found.data["flux_err"]]
        curve = TransientLightCurve(
            clear.to_dict("records"), found.object_id, found.transient_type
        )
        return self.classifier.predict(curve)
