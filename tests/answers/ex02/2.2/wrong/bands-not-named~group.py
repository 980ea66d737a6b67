class LightCurve:
    def __getitem__(self, key):
        if isinstance(key, str):
            return self._with_data(self.data.groupby("band").get_group(key))
        if isinstance(key, slice):
            return self._with_data(self.data.iloc[key])
        return self.data.iloc[key].to_dict()
