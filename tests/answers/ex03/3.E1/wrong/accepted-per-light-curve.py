class SurveyProcessor:
    @property
    def acceptance_rate(self):
        return self._accepted / self._processed_count if self._processed_count else 0.0
