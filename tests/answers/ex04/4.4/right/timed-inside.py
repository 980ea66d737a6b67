class AstronomyPipeline:
    def process_and_classify(self, raw_data):
        def process_and_classify():
            return self.classifier.predict(lightcurve=self.processor.process_lightcurve(raw_data))

        return timing_decorator(process_and_classify)()
