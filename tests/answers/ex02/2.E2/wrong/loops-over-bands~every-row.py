class LightCurve:
    def __iter__(self):
        yield from self.data["band"]
