class LightCurve:
    def __add__(self, other):
        if not isinstance(other, LightCurve):
            return NotImplemented
        both = copy.deepcopy(self)
        for number in range(len(other)):
            both.data.loc[len(other), :] = other.data.iloc[number]
        return self._with_data(self.data.sort_values("mjd"))
