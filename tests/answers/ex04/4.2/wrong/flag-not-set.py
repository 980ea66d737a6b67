"""`in_session` becomes a local variable."""


class AstronomyPipeline:
    @contextmanager
    def batch_processing_session(self):
        if self.in_session:
            raise RuntimeError("a session is going on already")
        in_session = True
        self.logger.info("session started")
        self._announce("session_started")
        try:
            yield
        except Exception as error:
            self.logger.error("session broken off: %s", error)
            raise
        finally:
            in_session = False
            self.logger.info("session finished")
            self._announce("session_finished")
