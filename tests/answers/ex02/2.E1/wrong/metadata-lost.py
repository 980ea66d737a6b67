class LightCurve:
    def __add__(self, other):
        if not isinstance(other, LightCurve):
            return NotImplemented
        both = pd.concat([self.data, other.data]).sort_values("mjd")
        result = self._with_data(both)
        result.object_id = f"{self.object_id} + {other.object_id}"
        return result
