class LightCurve:
    def __add__(self, other):
        if not isinstance(other, LightCurve):
            return NotImplemented
        both = pd.merge(self.data, other.data, how="outer")
        return self._with_data(both.sort_values("mjd"))
