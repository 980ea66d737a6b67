class LightCurve:
    def __add__(self, other):
        if isinstance(other, list):
            other = LightCurve(other)
        if not isinstance(other, LightCurve):
            return NotImplemented
        both = pd.concat([self.data, other.data])
        return self._with_data(both.sort_values("mjd", kind="stable"))
