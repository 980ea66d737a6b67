class SurveyProcessor:
    def __exit__(self, kind, error, trace):
        self.in_batch = False
