class SurveyProcessor:
    @property
    def acceptance_rate(self):
        looked_at = self._accepted + self._rejected
        return self._rejected / looked_at if looked_at else 0.0
