class LightCurve:
    def __repr__(self):
        return f"{type(self).__name__}(n_observations={len(self)}, bands={self.bands})"
