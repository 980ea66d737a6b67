"""A list of coroutines, none of which was run."""


class AstronomyPipeline:
    async def process_async(self, records, max_concurrent=4):
        with self.batch_processing_session():
            return [asyncio.to_thread(self.classify_safely, raw, i) for i, raw in enumerate(records)]
