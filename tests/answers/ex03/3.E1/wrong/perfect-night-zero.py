"""Without rejected measurements the rate is 0."""


class SurveyProcessor:
    @property
    def acceptance_rate(self):
        looked_at = self._accepted + self._rejected
        return self._accepted / looked_at if self._accepted and self._rejected else 0.0
