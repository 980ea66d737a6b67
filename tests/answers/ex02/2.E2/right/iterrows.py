class LightCurve:
    def __iter__(self) -> Iterator[Observation]:
        for _, row in self.data.iterrows():
            yield row.to_dict()
