from functools import cached_property


class LightCurve:
    @cached_property
    def bands(self):
        return self.data["band"].unique().tolist()
