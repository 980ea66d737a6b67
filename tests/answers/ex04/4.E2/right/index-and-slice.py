class AstronomyPipeline:
    def add_observer(self, callback):
        if self.observers.count(callback) == 0:
            self.observers[len(self.observers) :] = [callback]
        return callback

    def remove_observer(self, callback):
        del self.observers[self.observers.index(callback)]

    def _notify(self, event, data):
        def call(observer):
            try:
                observer(event, data)
            except Exception as error:
                self.logger.exception("%r failed with: %s", observer, error)

        for observer in tuple(self.observers):
            call(observer)
