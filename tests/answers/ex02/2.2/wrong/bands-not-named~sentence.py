class LightCurve:
    def __getitem__(self, key):
        if isinstance(key, str):
            if key not in self.bands:
                raise KeyError(f"Filter {key} is missing in this light curve")
            return self._with_data(self.data[self.data["band"] == key])
        if isinstance(key, slice):
            return self._with_data(self.data.iloc[key])
        return self.data.iloc[key].to_dict()
