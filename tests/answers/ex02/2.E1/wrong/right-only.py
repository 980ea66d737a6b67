class LightCurve:
    def __add__(self, other):
        if not isinstance(other, LightCurve):
            return NotImplemented
        both = [self.data, other.data]
        for table in both:
            result = self._with_data(table)
        return result
