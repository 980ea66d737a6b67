"""`__init__` sets the counts to zero, and much else."""


class SurveyProcessor:
    def __enter__(self):
        if self.in_batch:
            raise RuntimeError(f"the {self.config.name} processor is in a batch already")
        self.__init__()
        self.in_batch = True
        return self
