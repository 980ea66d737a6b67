class SurveyProcessor:
    def __enter__(self):
        if self.in_batch:
            raise RuntimeError("a batch is going on already")
        self._processed_count = 0
        self.in_batch = True
        return self
