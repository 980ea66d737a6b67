class SurveyProcessor:
    @property
    def acceptance_rate(self):
        looked_at = self._accepted + self._rejected
        if looked_at:
            return self._accepted / looked_at
