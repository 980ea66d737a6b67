class LightCurve:
    def __add__(self, other):
        if not isinstance(other, LightCurve):
            return NotImplemented
        both = self.data.to_dict("records") + other.data.to_dict("records")
        return sorted(both, key=lambda observation: observation["mjd"])
