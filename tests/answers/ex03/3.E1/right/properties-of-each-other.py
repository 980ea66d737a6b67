class SurveyProcessor:
    @property
    def observation_count(self):
        return sum((self._accepted, self.rejected_count))

    @property
    def rejected_count(self):
        return self._rejected

    @property
    def acceptance_rate(self):
        try:
            return 1 - self.rejected_count / self.observation_count
        except ZeroDivisionError:
            return 0.0
