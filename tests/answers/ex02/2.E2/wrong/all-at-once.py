class LightCurve:
    def __iter__(self):
        yield self.data.to_dict("records")
