class LightCurve:
    def __repr__(self):
        return f"{LightCurve.__name__}(object_id={self.object_id!r}, n_observations={len(self)})"
