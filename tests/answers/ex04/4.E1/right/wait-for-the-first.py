class AstronomyPipeline:
    async def process_async(self, records, max_concurrent=4):
        tasks, running = [], set()
        with self.batch_processing_session():
            for position, record in enumerate(records):
                if len(running) >= max_concurrent:
                    _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                task = asyncio.create_task(
                    asyncio.to_thread(self.classify_safely, record, position)
                )
                tasks.append(task)
                running.add(task)
            if running:
                await asyncio.wait(running)
            return [task.result() for task in tasks]
