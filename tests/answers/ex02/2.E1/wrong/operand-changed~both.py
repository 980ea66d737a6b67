class LightCurve:
    def __add__(self, other):
        if not isinstance(other, LightCurve):
            return NotImplemented
        for number in range(len(other.data)):
            self.data.loc[len(self.data)] = other.data.iloc[number]
        return self._with_data(self.data.sort_values("mjd", kind="stable"))
