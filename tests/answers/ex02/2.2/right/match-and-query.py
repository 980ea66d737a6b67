import operator


class LightCurve:
    def __len__(self) -> int:
        rows, _ = self.data.shape
        return rows

    def __getitem__(self, key: int | slice | str) -> Any:
        match key:
            case str() if (known := self.data["band"].unique().tolist()).count(key):
                return self._with_data(self.data.query("band == @key"))
            case str():
                raise KeyError(f"{key!r} is none of the bands {'/'.join(known) or '(none)'}")
            case slice():
                return self._with_data(self.data[key])
            case _:
                return self.data[COLUMNS].to_dict("records")[operator.index(key)]
