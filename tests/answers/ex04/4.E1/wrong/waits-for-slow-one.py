"""In portions: the next one begins when all of the last are done."""


class AstronomyPipeline:
    async def process_async(self, records, max_concurrent=4):
        labels = []
        with self.batch_processing_session():
            for first in range(0, len(records), max_concurrent):
                portion = range(first, min(first + max_concurrent, len(records)))
                labels += await asyncio.gather(
                    *(asyncio.to_thread(self.classify_safely, records[i], i) for i in portion)
                )
        return labels
