"""The decorator is gone, and what replaces it tells no time of a record that fails."""


class AstronomyPipeline:
    def process_and_classify(self, raw_data):
        start = time.perf_counter()
        label = self.classifier.predict(self.processor.process_lightcurve(raw_data))
        print(f"process_and_classify took {time.perf_counter() - start:.6f} s")
        return label
