class SurveyProcessor:
    def __exit__(self, kind, error, trace):
        print(f"{self._processed_count} light curves, {self._accepted} accepted, {self._rejected} rejected")
