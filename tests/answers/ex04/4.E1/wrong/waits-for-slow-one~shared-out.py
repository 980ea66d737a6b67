"""The records are shared out beforehand, and a slow one keeps those of its worker waiting."""


class AstronomyPipeline:
    async def process_async(self, records, max_concurrent=4):
        labels = [""] * len(records)

        async def worker(first):
            for i in range(first, len(records), max_concurrent):
                labels[i] = await asyncio.to_thread(self.classify_safely, records[i], i)

        with self.batch_processing_session():
            await asyncio.gather(*(worker(first) for first in range(max_concurrent)))
        return labels
