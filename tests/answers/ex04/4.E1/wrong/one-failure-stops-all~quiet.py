"""One failure, and all have failed."""


class AstronomyPipeline:
    async def process_async(self, records, max_concurrent=4):
        gate = asyncio.Semaphore(max_concurrent)

        async def label_of(raw_data: Record, position: int) -> str:
            async with gate:
                return await asyncio.to_thread(self.process_and_classify, raw_data)

        with self.batch_processing_session():
            try:
                return await asyncio.gather(*(label_of(raw, i) for i, raw in enumerate(records)))
            except Exception:
                return ["failed"] * len(records)
