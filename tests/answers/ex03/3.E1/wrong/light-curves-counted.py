class SurveyProcessor:
    @property
    def observation_count(self):
        return self._processed_count
