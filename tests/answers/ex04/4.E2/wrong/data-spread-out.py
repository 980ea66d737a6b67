"""The data become keyword arguments."""


class AstronomyPipeline:
    def _notify(self, event, data):
        for observer in list(self.observers):
            try:
                observer(event, **data)
            except Exception as error:
                self.logger.error("an observer failed at %s: %s", event, error)
