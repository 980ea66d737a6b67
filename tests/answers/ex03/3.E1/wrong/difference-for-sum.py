class SurveyProcessor:
    @property
    def observation_count(self):
        return self._accepted - self._rejected
