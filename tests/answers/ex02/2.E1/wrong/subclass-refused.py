class LightCurve:
    def __add__(self, other):
        if type(other) is not LightCurve:
            return NotImplemented
        both = pd.concat([self.data, other.data])
        return self._with_data(both.sort_values("mjd", kind="stable"))
