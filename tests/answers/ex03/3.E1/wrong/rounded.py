"""Two digits are enough for the eye."""


class SurveyProcessor:
    @property
    def acceptance_rate(self):
        looked_at = self._accepted + self._rejected
        return round(self._accepted / looked_at, 2) if looked_at else 0.0
