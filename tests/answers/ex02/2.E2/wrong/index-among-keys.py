class LightCurve:
    def __iter__(self) -> Iterator[Observation]:
        for row in self.data.itertuples():
            yield row._asdict()
