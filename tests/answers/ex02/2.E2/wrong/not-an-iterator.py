class LightCurve:
    def __iter__(self):
        return self.data.to_dict("records")
