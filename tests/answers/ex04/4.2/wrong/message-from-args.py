"""The first argument of an exception is taken for its message."""


class AstronomyPipeline:
    @contextmanager
    def batch_processing_session(self):
        if self.in_session:
            raise RuntimeError("a session is going on already")
        self.in_session = True
        self.logger.info("session started")
        self._announce("session_started")
        try:
            yield
        except Exception as error:
            self.logger.error("session broken off: " + error.args[0])
            raise
        finally:
            self.in_session = False
            self.logger.info("session finished")
            self._announce("session_finished")
