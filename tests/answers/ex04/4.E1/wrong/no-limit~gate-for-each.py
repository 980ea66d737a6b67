"""Everyone has a gate of their own."""


class AstronomyPipeline:
    async def process_async(self, records, max_concurrent=4):
        async def label_of(raw_data, position):
            gate = asyncio.Semaphore(max_concurrent)
            async with gate:
                return await asyncio.to_thread(self.classify_safely, raw_data, position)

        with self.batch_processing_session():
            return await asyncio.gather(*(label_of(raw, i) for i, raw in enumerate(records)))
