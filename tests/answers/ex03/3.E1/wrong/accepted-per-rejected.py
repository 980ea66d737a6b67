class SurveyProcessor:
    @property
    def acceptance_rate(self):
        return self._accepted / self._rejected if self._rejected else 0.0
