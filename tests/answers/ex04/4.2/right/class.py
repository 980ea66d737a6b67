class Session:
    def __init__(self, pipeline):
        self.pipeline = pipeline

    def __enter__(self):
        if self.pipeline.in_session:
            raise RuntimeError("one session at a time")
        self.pipeline.in_session = True
        self.pipeline.logger.info("Batch started")
        self.pipeline._announce("session_started")

    def __exit__(self, kind, error, trace):
        if isinstance(error, Exception):
            self.pipeline.logger.error("batch failed (%s: %s)", kind.__name__, error)
        self.pipeline.in_session = False
        self.pipeline.logger.info("Batch finished")
        self.pipeline._announce("session_finished")
        return False


class AstronomyPipeline:
    def batch_processing_session(self):
        return Session(self)
