"""The coroutines are made within the session, and run after it."""


class AstronomyPipeline:
    async def process_async(self, records, max_concurrent=4):
        gate = asyncio.Semaphore(max_concurrent)

        async def label_of(raw_data: Record, position: int) -> str:
            async with gate:
                return await asyncio.to_thread(self.classify_safely, raw_data, position)

        with self.batch_processing_session():
            coroutines = [label_of(raw, i) for i, raw in enumerate(records)]
        return await asyncio.gather(*coroutines)
