class LightCurve:
    def __repr__(self):
        return f"{self.__class__.__name__}({self.object_id!r})"
