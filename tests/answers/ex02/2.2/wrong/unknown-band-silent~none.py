class LightCurve:
    def __getitem__(self, key):
        if isinstance(key, str) and key in self.bands:
            return self._with_data(self.data[self.data["band"] == key])
        elif isinstance(key, slice):
            return self._with_data(self.data.iloc[key])
        elif isinstance(key, int):
            return self.data.iloc[key].to_dict()
