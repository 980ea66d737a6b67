from contextlib import ExitStack


class AstronomyPipeline:
    def _end_session(self):
        self.in_session = False
        self._announce("session_finished")
        self.logger.log(logging.INFO, "Session finished.")

    @contextmanager
    def batch_processing_session(self):
        if self.in_session is not False:
            raise RuntimeError("there is a session already")
        with ExitStack() as stack:
            self.in_session = True
            stack.callback(self._end_session)
            self._announce("session_started")
            self.logger.log(logging.INFO, "Session started.")
            try:
                yield None
            except Exception:
                self.logger.exception("the session was broken off")
                raise
