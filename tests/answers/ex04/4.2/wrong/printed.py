"""`print` for the log."""


class AstronomyPipeline:
    @contextmanager
    def batch_processing_session(self):
        if self.in_session:
            raise RuntimeError("a session is going on already")
        self.in_session = True
        print("session started")
        self._announce("session_started")
        try:
            yield
        except Exception as error:
            print("session broken off:", error)
            raise
        finally:
            self.in_session = False
            print("session finished")
            self._announce("session_finished")
