class SurveyProcessor:
    @property
    def acceptance_rate(self):
        return self._accepted / (self._accepted + self._rejected)
