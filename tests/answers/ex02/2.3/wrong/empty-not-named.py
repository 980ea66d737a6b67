class LightCurve:
    def __str__(self) -> str:
        if len(self) == 0:
            return "no observations yet"
        return f"{self.object_id}: {len(self)} observations in {', '.join(self.bands)}"

    def __repr__(self) -> str:
        name = type(self).__name__
        return f"{name}(object_id={self.object_id!r}, n_observations={len(self)})"
