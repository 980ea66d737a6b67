class SurveyProcessor:
    def __exit__(self, kind, error, trace):
        self.in_batch = False
        print("light curves:", self._processed_count)
        print("accepted:", self._accepted)
        print("rejected:", self._rejected)
