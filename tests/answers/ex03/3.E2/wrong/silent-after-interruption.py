"""Ctrl-C is no `Exception`, and the line is not printed."""


class SurveyProcessor:
    def __exit__(self, kind, error, trace):
        self.in_batch = False
        if kind is not None and not issubclass(kind, Exception):
            return
        print(
            f"{self.config.name}: {self._processed_count} light curves, "
            f"{self._accepted} measurements accepted, {self._rejected} rejected"
        )
