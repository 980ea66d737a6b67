class LightCurve:
    def __len__(self) -> int:
        return int(self.data["band"].size)

    def __getitem__(self, key: int | slice | str) -> Any:
        try:
            return self.data.iloc[key] if not isinstance(key, slice | str) else self._take(key)
        except IndexError as error:
            raise IndexError(f"no observation {key}") from error

    def _take(self, key):
        part = copy.copy(self)
        if isinstance(key, slice):
            part.data = self.data.iloc[key].copy()
            return part
        groups = dict(tuple(self.data.groupby("band")))
        if key in groups:
            part.data = groups[key]
            return part
        raise KeyError(key, [*groups])
