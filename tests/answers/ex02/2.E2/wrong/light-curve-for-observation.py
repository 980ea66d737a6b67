class LightCurve:
    def __iter__(self):
        for number in range(len(self)):
            yield self[number : number + 1]
