"""Without `finally` an exception leaves the session open."""


class AstronomyPipeline:
    @contextmanager
    def batch_processing_session(self):
        if self.in_session:
            raise RuntimeError("a session is going on already")
        self.in_session = True
        self.logger.info("session started")
        self._announce("session_started")
        yield
        self.in_session = False
        self.logger.info("session finished")
        self._announce("session_finished")
