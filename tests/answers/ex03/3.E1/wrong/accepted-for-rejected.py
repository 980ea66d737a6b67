class SurveyProcessor:
    @property
    def rejected_count(self):
        return self._accepted
