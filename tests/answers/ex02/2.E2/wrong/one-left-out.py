class LightCurve:
    def __iter__(self):
        for number in range(len(self) - 1):
            yield self[number]
