class AstronomyPipeline:
    def add_observer(self, callback):
        if self.observers.count(callback) == 0:
            self.observers += [callback]
        return callback

    def remove_observer(self, callback):
        try:
            self.observers.remove(callback)
        except ValueError:
            raise ValueError("no such observer") from None

    def _tell(self, observer, event, data):
        try:
            observer(event, data)
        except Exception:
            self.logger.exception("%r failed", observer)

    def _notify(self, event, data):
        for observer in tuple(self.observers):
            self._tell(observer, event, data)
