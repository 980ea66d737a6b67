class LightCurve:
    def __add__(self, other):
        if not isinstance(other, LightCurve):
            return NotImplemented
        both = pd.concat([self.data, other.data])
        return type(self)(both.to_dict("records"), self.object_id)
