class AstronomyPipeline:
    async def process_async(self, records, max_concurrent=4):
        labels = [None] * len(records)
        queue = asyncio.Queue()
        for each in enumerate(records):
            queue.put_nowait(each)

        async def worker():
            while not queue.empty():
                position, raw = queue.get_nowait()
                try:
                    labels[position] = await asyncio.to_thread(self.process_and_classify, raw)
                except Exception as error:
                    name = self._name_of(raw, position)
                    self.logger.error("%s: %s", name, error)
                    labels[position] = "failed"

        with self.batch_processing_session():
            await asyncio.gather(*[worker() for _ in range(max_concurrent)])
        return labels
