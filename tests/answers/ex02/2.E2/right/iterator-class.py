class Observations:
    def __init__(self, light_curve):
        self.rows = light_curve.data.itertuples(index=False)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.rows)._asdict()


class LightCurve:
    def __iter__(self) -> Iterator[Observation]:
        return Observations(self)
