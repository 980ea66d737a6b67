class LightCurve:
    def __add__(self, other):
        if not isinstance(other, LightCurve):
            return NotImplemented
        return pd.concat([self.data, other.data]).sort_values("mjd", ignore_index=True)
