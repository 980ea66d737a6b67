class LightCurve:
    def __add__(self, other):
        if not isinstance(other, LightCurve):
            raise NotImplementedError(f"cannot add {type(other).__name__} to a light curve")
        both = pd.concat([self.data, other.data])
        return self._with_data(both.sort_values("mjd", kind="stable"))
