"""No session."""


class AstronomyPipeline:
    async def process_async(self, records, max_concurrent=4):
        gate = asyncio.Semaphore(max_concurrent)

        async def label_of(raw_data, position):
            async with gate:
                return await asyncio.to_thread(self.classify_safely, raw_data, position)

        return await asyncio.gather(*(label_of(raw, i) for i, raw in enumerate(records)))
