"""Added twice, called twice."""


class AstronomyPipeline:
    def add_observer(self, callback):
        self.observers.append(callback)
        return callback
