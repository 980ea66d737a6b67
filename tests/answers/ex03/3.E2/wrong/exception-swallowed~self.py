class SurveyProcessor:
    def __exit__(self, kind, error, trace):
        self.in_batch = False
        print(f"{self._processed_count} light curves, {self._accepted} accepted, {self._rejected} rejected")
        return self
