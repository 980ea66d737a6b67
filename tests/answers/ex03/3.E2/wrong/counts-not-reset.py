class SurveyProcessor:
    def __enter__(self):
        if self.in_batch:
            raise RuntimeError("a batch is going on already")
        self.in_batch = True
        return self
