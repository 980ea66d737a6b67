class LightCurve:
    def __str__(self) -> str:
        return f"{self.object_id}: {len(self)} observations in {', '.join(self.bands)}"

    def __repr__(self) -> str:
        return f"{__class__.__name__}(object_id={self.object_id!r}, n_observations={len(self)})"
