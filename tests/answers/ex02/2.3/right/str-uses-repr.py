class LightCurve:
    def __str__(self) -> str:
        return repr(self) + " bands=" + "".join(self.bands) + f" {self.duration:.1f} days"

    def __repr__(self) -> str:
        return "{}({}, {})".format(type(self).__name__, self.object_id, len(self.data))
