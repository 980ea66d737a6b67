class SurveyProcessor:
    @property
    def acceptance_rate(self):
        looked_at = self._accepted + self._rejected
        return self._accepted / looked_at if looked_at else 1.0
