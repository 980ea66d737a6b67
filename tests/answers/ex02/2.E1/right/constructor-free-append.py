class LightCurve:
    def __add__(self, other: "LightCurve") -> Self:
        if not isinstance(other, LightCurve):
            return NotImplemented
        table = self.data.copy()
        for row in other.data.itertuples(index=False):
            table.loc[len(table)] = list(row)
        return self._with_data(table.sort_values("mjd"))
