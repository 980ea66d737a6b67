class LightCurve:
    def __iter__(self):
        observation = {}
        for number in range(len(self)):
            observation.update(self[number])
            yield observation
