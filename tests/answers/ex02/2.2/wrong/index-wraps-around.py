class LightCurve:
    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, key: int | slice | str) -> Any:
        if isinstance(key, str):
            if key not in self.bands:
                raise KeyError(f"no band {key}, there are {self.bands}")
            return self._with_data(self.data[self.data["band"] == key])
        if isinstance(key, slice):
            return self._with_data(self.data.iloc[key])
        if len(self) == 0:
            raise IndexError("the light curve is empty")
        return self.data.iloc[key % len(self)].to_dict()
