"""An observer's exception goes on into the pipeline."""


class AstronomyPipeline:
    def _notify(self, event, data):
        for observer in list(self.observers):
            observer(event, data)
