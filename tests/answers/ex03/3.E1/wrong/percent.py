class SurveyProcessor:
    @property
    def acceptance_rate(self):
        looked_at = self._accepted + self._rejected
        return 100 * self._accepted / looked_at if looked_at else 0.0
