class LightCurve:
    def __repr__(self):
        return str(self)
