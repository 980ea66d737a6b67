from functools import reduce


class LightCurve:
    @property
    def bands(self) -> list[str]:
        return reduce(lambda seen, b: seen if b in seen else [*seen, b], self.data["band"], [])

    @property
    def duration(self) -> float:
        return np.diff(self.data["mjd"], prepend=self.data["mjd"][:1]).sum()
