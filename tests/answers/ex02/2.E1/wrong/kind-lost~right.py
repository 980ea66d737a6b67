class LightCurve:
    def __add__(self, other):
        if not isinstance(other, LightCurve):
            return NotImplemented
        both = pd.concat([self.data, other.data])
        return other._with_data(both.sort_values("mjd"))
