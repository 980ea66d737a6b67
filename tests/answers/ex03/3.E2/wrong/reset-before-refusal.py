class SurveyProcessor:
    def __enter__(self):
        self._processed_count = self._accepted = self._rejected = 0
        if self.in_batch:
            raise RuntimeError("a batch is going on already")
        self.in_batch = True
        return self
