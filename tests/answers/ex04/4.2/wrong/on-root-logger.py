"""`logging.info` goes to the root logger."""


class AstronomyPipeline:
    @contextmanager
    def batch_processing_session(self):
        if self.in_session:
            raise RuntimeError("a session is going on already")
        self.in_session = True
        logging.info("session started")
        self._announce("session_started")
        try:
            yield
        except Exception as error:
            logging.error("session broken off: %s", error)
            raise
        finally:
            self.in_session = False
            logging.info("session finished")
            self._announce("session_finished")
