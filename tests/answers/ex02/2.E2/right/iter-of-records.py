class LightCurve:
    def __iter__(self) -> Iterator[Observation]:
        return iter(self.data.to_dict("records"))
