class LightCurve:
    def __add__(self, other):
        if not isinstance(other, LightCurve):
            return NotImplemented
        return self._with_data(self.data.merge(other.data).sort_values("mjd"))
