class SurveyProcessor:
    def __exit__(self, kind, error, trace):
        self.in_batch = False
        print(f"{self._processed_count} light curves, {self._accepted} accepted, {self._rejected} rejected")
        self._processed_count = self._accepted = self._rejected = 0
