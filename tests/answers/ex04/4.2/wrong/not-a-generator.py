"""`return` for `yield`."""


class AstronomyPipeline:
    @contextmanager
    def batch_processing_session(self):
        self.in_session = True
        self.logger.info("session started")
        try:
            return None
        finally:
            self.in_session = False
            self.logger.info("session finished")
