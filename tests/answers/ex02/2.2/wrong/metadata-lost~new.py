class LightCurve:
    def _part(self, table):
        part = type(self).__new__(type(self))
        part.object_id = self.object_id
        part.data = table.reset_index(drop=True)
        return part

    def __getitem__(self, key):
        if isinstance(key, str):
            if key not in self.bands:
                raise KeyError(f"no band {key!r}, only {self.bands}")
            return self._part(self.data[self.data["band"] == key])
        if isinstance(key, slice):
            return self._part(self.data.iloc[key])
        return self.data.iloc[key].to_dict()
