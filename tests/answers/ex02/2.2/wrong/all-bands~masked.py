class LightCurve:
    def __getitem__(self, key):
        if isinstance(key, str):
            chosen = [key in band for band in self.bands]
            if not any(chosen):
                raise KeyError(f"no band {key!r}, only {self.bands}")
            return self._with_data(self.data[self.data["band"].isin(self.bands)])
        if isinstance(key, slice):
            return self._with_data(self.data.iloc[key])
        return self.data.iloc[key].to_dict()
