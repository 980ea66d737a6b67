"""An ordinary method, which cannot be awaited."""


class AstronomyPipeline:
    def process_async(self, records, max_concurrent=4):
        with self.batch_processing_session():
            with ThreadPoolExecutor(max_concurrent) as pool:
                return list(pool.map(self.classify_safely, records, range(len(records))))
