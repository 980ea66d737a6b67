class LightCurve:
    def __iter__(self):
        self.position = -1
        return self

    def __next__(self):
        self.position += 1
        if self.position == len(self.data):
            raise StopIteration
        return self[self.position]
