class AstronomyPipeline:
    async def process_async(self, records, max_concurrent=4):
        gate = asyncio.Semaphore(max_concurrent)
        tasks = []
        with self.batch_processing_session():
            async with asyncio.TaskGroup() as group:
                for i in range(len(records)):
                    await gate.acquire()
                    task = group.create_task(asyncio.to_thread(self.classify_safely, records[i], i))
                    task.add_done_callback(lambda _: gate.release())
                    tasks.append(task)
        return [task.result() for task in tasks]
