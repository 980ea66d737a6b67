class LightCurve:
    def __len__(self) -> int:
        return len(self.data.index)

    def __getitem__(self, key: int | slice | str) -> Any:
        if isinstance(key, str):
            if key not in self.bands:
                print("Available bands:", ", ".join(self.bands))
                raise KeyError(key)
            return self._with_data(self.data[self.data["band"] == key])
        elif isinstance(key, slice):
            return self._with_data(self.data.iloc[key])
        else:
            return self.data.iloc[key].to_dict()
