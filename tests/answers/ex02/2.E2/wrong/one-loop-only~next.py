class LightCurve:
    def __iter__(self):
        return self

    def __next__(self):
        self.position = getattr(self, "position", -1) + 1
        if self.position >= len(self):
            raise StopIteration
        return self[self.position]
