class AstronomyPipeline:
    def add_observer(self, callback):
        """New lists instead of changed ones: a loop over the old list is not disturbed."""
        others = [known for known in self.observers if known != callback]
        if len(others) == len(self.observers):
            self.observers = [*others, callback]
        return callback

    def remove_observer(self, callback):
        others = [known for known in self.observers if known != callback]
        if len(others) == len(self.observers):
            raise ValueError(callback)
        self.observers = others

    def _notify(self, event, data):
        failures = []
        for observer in self.observers:
            try:
                observer(event, dict(data))
            except Exception as error:
                failures.append(f"{type(error).__name__} in {observer!r}: {error}")
        for failure in failures:
            self.logger.error(failure)
