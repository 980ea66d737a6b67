"""The exception goes on as another one."""


class SurveyProcessor:
    def __exit__(self, kind, error, trace):
        self.in_batch = False
        print(
            f"{self.config.name}: {self._processed_count} light curves, "
            f"{self._accepted} measurements accepted, {self._rejected} rejected"
        )
        if error is not None:
            raise RuntimeError("the batch was broken off") from error
