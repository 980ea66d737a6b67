class SurveyProcessor:
    def __enter__(self):
        self._processed_count = self._accepted = self._rejected = 0
        self.in_batch = True
        return self
