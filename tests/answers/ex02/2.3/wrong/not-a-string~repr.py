class LightCurve:
    def __repr__(self):
        return type(self).__name__, self.object_id, len(self)
