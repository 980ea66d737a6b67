"""Not everything that can be called has a name."""


class AstronomyPipeline:
    def _notify(self, event, data):
        for observer in list(self.observers):
            try:
                observer(event, data)
            except Exception as error:
                self.logger.error("observer %s failed: %s", observer.__name__, error)
