class LightCurve:
    def __add__(self, other):
        if not isinstance(other, LightCurve):
            return NotImplemented
        both = pd.concat([self.data, other.data])
        self.data = both.sort_values("mjd", kind="stable", ignore_index=True)
        return self
