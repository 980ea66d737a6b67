class LightCurve:
    def __iter__(self):
        return iter(range(len(self)))
