"""The failure is kept secret."""


class AstronomyPipeline:
    def _notify(self, event, data):
        for observer in list(self.observers):
            try:
                observer(event, data)
            except Exception:
                pass
