class LightCurve:
    def __iter__(self) -> Iterator[Observation]:
        in_time = self.data.sort_values("mjd", kind="stable")
        columns = [in_time[name].tolist() for name in COLUMNS]
        return map(lambda *row: dict(zip(COLUMNS, row, strict=True)), *columns)
