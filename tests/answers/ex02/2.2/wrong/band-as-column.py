class LightCurve:
    def __getitem__(self, key):
        if isinstance(key, str):
            if key not in self.bands:
                raise KeyError(f"no band {key!r}, only {self.bands}")
            return self._with_data(self.data[key])
        if isinstance(key, slice):
            return self._with_data(self.data.iloc[key])
        return self.data.iloc[key].to_dict()
