class AstronomyPipeline:
    async def process_async(self, records, max_concurrent=4):
        gate = asyncio.BoundedSemaphore(max_concurrent)

        async def work(position):
            async with gate:
                return await asyncio.to_thread(self.classify_safely, records[position], position)

        with self.batch_processing_session():
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(work(i)) for i in range(len(records))]
        return [task.result() for task in tasks]
