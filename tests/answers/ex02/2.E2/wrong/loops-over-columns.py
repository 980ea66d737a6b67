class LightCurve:
    def __iter__(self):
        return iter(self.data)
