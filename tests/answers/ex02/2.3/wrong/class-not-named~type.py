class LightCurve:
    def __repr__(self):
        return f"{type(self)}(object_id={self.object_id}, n={len(self)})"
