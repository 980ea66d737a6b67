class AstronomyPipeline:
    @contextmanager
    def batch_processing_session(self):
        match self.in_session:
            case True:
                raise RuntimeError
        self.in_session = True
        self.logger.log(logging.INFO, "session %s", "started")
        self._announce("session_started")
        try:
            try:
                yield None
            except Exception as error:
                self.logger.exception(error)  # with its traceback
                raise error
        finally:
            self.in_session = not self.in_session
            self.logger.log(logging.INFO, "session %s", "finished")
            self._announce("session_finished")
