"""Each one is waited for before the next begins."""


class AstronomyPipeline:
    async def process_async(self, records, max_concurrent=4):
        labels = []
        with self.batch_processing_session():
            for position, raw in enumerate(records):
                labels.append(await asyncio.to_thread(self.classify_safely, raw, position))
        return labels
