class LightCurve:
    def __add__(self, other: "LightCurve") -> Self:
        if not isinstance(other, type(self)):
            return NotImplemented
        both = pd.concat([self.data, other.data])
        return self._with_data(both.sort_values("mjd", kind="stable"))
