class LightCurve:
    def __len__(self) -> int:
        return int(self.data["flux"].count())

    def __getitem__(self, key: int | slice | str) -> Any:
        if isinstance(key, str):
            chosen = self.data[self.data["band"] == key]
            if chosen.empty:
                raise KeyError(f"band {key!r} not found, choose from {', '.join(self.bands)}")
            return self._with_data(chosen)
        if isinstance(key, slice):
            return self._with_data(self.data.iloc[key])
        return self.data.iloc[key].to_dict()
