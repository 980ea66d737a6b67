class AstronomyPipeline:
    async def process_async(self, records, max_concurrent=4):
        loop = asyncio.get_running_loop()
        with self.batch_processing_session(), ThreadPoolExecutor(max_concurrent) as pool:
            waiting = [
                loop.run_in_executor(pool, self.classify_safely, raw, i)
                for i, raw in enumerate(records)
            ]
            return [await future for future in waiting]
