"""The test stands inside the `try`, so that `finally` ends the session going on."""


class AstronomyPipeline:
    @contextmanager
    def batch_processing_session(self):
        try:
            if self.in_session:
                raise RuntimeError("a session is going on already")
            self.in_session = True
            self.logger.info("session started")
            self._announce("session_started")
            yield
        except Exception as error:
            self.logger.error("session broken off: %s", error)
            raise
        finally:
            self.in_session = False
            self.logger.info("session finished")
            self._announce("session_finished")
