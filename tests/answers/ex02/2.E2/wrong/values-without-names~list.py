class LightCurve:
    def __iter__(self):
        for row in self.data.values.tolist():
            yield row
