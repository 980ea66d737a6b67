class LightCurve:
    def __iter__(self):
        for number in range(1, len(self)):
            yield self[number]
