"""A method of an object is a new object each time: `is` does not know it."""


class AstronomyPipeline:
    def add_observer(self, callback):
        if not any(callback is known for known in self.observers):
            self.observers.append(callback)
        return callback
