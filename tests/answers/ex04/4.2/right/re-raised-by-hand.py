class AstronomyPipeline:
    @contextmanager
    def batch_processing_session(self):
        if self.in_session:
            raise RuntimeError
        began = time.perf_counter()
        problem = None
        self.in_session = True
        self._announce("session_started")
        self.logger.info("STARTED")
        try:
            yield
        except BaseException as error:
            problem = error
        if isinstance(problem, Exception):
            self.logger.error(f"Exception in session: {problem!r}")
        self.in_session = False
        self.logger.info(f"FINISHED after {time.perf_counter() - began:.1f} s")
        self._announce("session_finished")
        if problem is not None:
            raise problem
