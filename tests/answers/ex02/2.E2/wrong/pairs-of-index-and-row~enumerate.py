class LightCurve:
    def __iter__(self):
        yield from enumerate(self.data.to_dict("records"))
