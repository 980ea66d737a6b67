class LightCurve:
    def __repr__(self):
        print(type(self).__name__, self.object_id, len(self))
