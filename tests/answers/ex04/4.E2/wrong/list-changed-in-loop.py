"""The list shrinks while it is looped over, and the next observer is skipped."""


class AstronomyPipeline:
    def _notify(self, event, data):
        for observer in self.observers:
            try:
                observer(event, data)
            except Exception as error:
                self.logger.error("an observer failed at %s: %s", event, error)
