class LightCurve:
    _next = 0

    def __iter__(self):
        self._next = 0
        return self

    def __next__(self):
        if self._next >= len(self):
            self._next = 0
            raise StopIteration
        observation = self[self._next]
        self._next += 1
        return observation
