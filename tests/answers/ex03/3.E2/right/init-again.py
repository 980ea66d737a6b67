class SurveyProcessor:
    def __enter__(self):
        if self.in_batch:
            raise RuntimeError
        SurveyProcessor.__init__(self, self.config)
        self.in_batch = True
        return self

    def __exit__(self, *exception):
        try:
            print(
                "Batch of",
                self.config.name,
                "ended:",
                self._processed_count,
                "light curves,",
                end=" ",
            )
            print(self._accepted, "good and", self._rejected, "bad measurements.")
        finally:
            self.in_batch = False
        return None
