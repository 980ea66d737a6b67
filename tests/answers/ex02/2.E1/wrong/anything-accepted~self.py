class LightCurve:
    def __add__(self, other):
        if not isinstance(other, LightCurve):
            print("only light curves can be added")
            return self
        both = pd.concat([self.data, other.data])
        return self._with_data(both.sort_values("mjd", kind="stable"))
