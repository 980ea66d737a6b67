"""Removing an unknown one says nothing."""


class AstronomyPipeline:
    def remove_observer(self, callback):
        if callback in self.observers:
            self.observers.remove(callback)
