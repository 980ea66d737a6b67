"""A cached property keeps its first value."""

from functools import cached_property


class SurveyProcessor:
    @cached_property
    def acceptance_rate(self):
        looked_at = self._accepted + self._rejected
        return self._accepted / looked_at if looked_at else 0.0
