"""A broken record is no reason to stop, but nobody will know."""


class SurveyProcessor:
    def __exit__(self, kind, error, trace):
        self.in_batch = False
        print(
            f"{self.config.name}: {self._processed_count} light curves, "
            f"{self._accepted} measurements accepted, {self._rejected} rejected"
        )
        return kind is ValueError
