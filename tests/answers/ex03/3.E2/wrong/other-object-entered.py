"""A new processor is entered, and the old one tells its counts."""


class SurveyProcessor:
    def __enter__(self):
        if self.in_batch:
            raise RuntimeError(f"the {self.config.name} processor is in a batch already")
        fresh = type(self)()
        self.in_batch = fresh.in_batch = True
        return fresh
