"""Removes from a copy of the list."""


class AstronomyPipeline:
    def remove_observer(self, callback):
        if callback not in self.observers:
            raise ValueError(f"{callback} is not an observer of this pipeline")
        list(self.observers).remove(callback)
