"""Observers of the start are told of a session before there is one."""


class AstronomyPipeline:
    @contextmanager
    def batch_processing_session(self):
        if self.in_session:
            raise RuntimeError("a session is going on already")
        self.logger.info("session started")
        self._announce("session_started")
        self.in_session = True
        try:
            yield
        except Exception as error:
            self.logger.error("session broken off: %s", error)
            raise
        finally:
            self.in_session = False
            self.logger.info("session finished")
            self._announce("session_finished")
