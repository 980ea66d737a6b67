class LightCurve:
    def __getitem__(self, key):
        if isinstance(key, str):
            if key not in self.bands:
                raise KeyError(f"no band {key!r}, only {self.bands}")
            return self._with_data(self.data[self.data["band"] == key])
        if isinstance(key, slice):
            part = self
            part.data = part.data.iloc[key].reset_index(drop=True)
            return part
        return self.data.iloc[key].to_dict()
