class LightCurve:
    def __iter__(self):
        for number in range(len(self)):
            return self[number]
