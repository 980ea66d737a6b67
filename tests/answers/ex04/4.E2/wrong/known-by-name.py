"""Functions of the same name are taken for the same."""


class AstronomyPipeline:
    def add_observer(self, callback):
        if callback.__name__ not in [each.__name__ for each in self.observers]:
            self.observers.append(callback)
        return callback
