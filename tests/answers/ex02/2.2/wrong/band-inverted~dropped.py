class LightCurve:
    def __getitem__(self, key):
        if isinstance(key, str):
            rows = self.data.index[self.data["band"] == key]
            if rows.empty:
                raise KeyError(f"no band {key!r}, only {self.bands}")
            return self._with_data(self.data.drop(rows))
        if isinstance(key, slice):
            return self._with_data(self.data.iloc[key])
        return self.data.iloc[key].to_dict()
