"""One list of open sessions for all pipelines."""

OPEN = []


class AstronomyPipeline:
    @contextmanager
    def batch_processing_session(self):
        if OPEN:
            raise RuntimeError("a session is going on already")
        OPEN.append(self)
        self.in_session = True
        self.logger.info("session started")
        self._announce("session_started")
        try:
            yield
        except Exception as error:
            self.logger.error("session broken off: %s", error)
            raise
        finally:
            OPEN.remove(self)
            self.in_session = False
            self.logger.info("session finished")
            self._announce("session_finished")
