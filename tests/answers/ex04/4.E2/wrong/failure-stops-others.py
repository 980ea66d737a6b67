"""One `try` around the loop: the first failure ends it."""


class AstronomyPipeline:
    def _notify(self, event, data):
        try:
            for observer in list(self.observers):
                observer(event, data)
        except Exception as error:
            self.logger.error("an observer failed at %s: %s", event, error)
