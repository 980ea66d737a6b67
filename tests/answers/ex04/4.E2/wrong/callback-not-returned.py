"""Nothing is returned: as a decorator it would leave None."""


class AstronomyPipeline:
    def add_observer(self, callback):
        if callback not in self.observers:
            self.observers.append(callback)
