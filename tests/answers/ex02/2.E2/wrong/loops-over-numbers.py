class LightCurve:
    def __iter__(self):
        for flux in self.data["flux"]:
            yield flux
