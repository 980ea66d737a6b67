class LightCurve:
    def __len__(self) -> int:
        return self.data.shape[0]

    def __getitem__(self, key: int | slice | str) -> Any:
        if isinstance(key, str):
            if key not in list(self.data["band"]):
                raise KeyError(f"{key} is not one of {self.bands}")
            return self._with_data(self.data[self.data["band"] == key])
        if isinstance(key, slice):
            part = self.data.iloc[key]
            return type(self)(part.to_dict("records"), self.object_id)
        return self.data.iloc[key].to_dict()
