class SurveyProcessor:
    def __enter__(self):
        if self.in_batch:
            raise RuntimeError("a batch is going on already")
        self._processed_count = self._accepted = self._rejected = 0
        return self
