class LightCurve:
    def __iter__(self):
        for observation in self.data:
            yield observation
