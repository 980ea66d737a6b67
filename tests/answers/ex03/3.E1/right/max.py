class SurveyProcessor:
    @property
    def observation_count(self):
        return self._rejected + self._accepted

    @property
    def acceptance_rate(self):
        return self._accepted / max(self._accepted + self._rejected, 1)
