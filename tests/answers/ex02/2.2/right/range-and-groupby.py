class LightCurve:
    def _pick(self, positions):
        twin = type(self).__new__(type(self))
        vars(twin).update(vars(self))
        vars(twin)["data"] = self.data.take(list(positions)).reset_index(drop=True)
        return twin

    def __len__(self) -> int:
        return sum(1 for _ in self.data["mjd"])

    def __getitem__(self, key: int | slice | str) -> Any:
        if isinstance(key, str):
            places = self.data.groupby("band", sort=False).indices
            try:
                return self._pick(places[key])
            except KeyError:
                raise KeyError(f"band {key!r} not in {list(places)}") from None
        where = range(len(self))[key]
        if isinstance(where, range):
            return self._pick(where)
        return {column: self.data[column].tolist()[where] for column in COLUMNS}
