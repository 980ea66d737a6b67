class LightCurve:
    def __str__(self) -> str:
        names = "+".join(dict.fromkeys(self.data["band"])) or "no band"
        return "%s has %d data points (%s)" % (self.object_id, len(self.data), names)

    def __repr__(self) -> str:
        return "%s<%r, %d points>" % (self.__class__.__name__, self.object_id, len(self.data))
