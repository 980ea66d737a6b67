class LightCurve:
    def __getitem__(self, key):
        if isinstance(key, str):
            if key not in self.bands:
                raise KeyError(f"no band {key!r}, only {self.bands}")
            part = self.data[self.data["band"] == key]
            return LightCurve(part.to_dict("records"), self.object_id)
        if isinstance(key, slice):
            return LightCurve(self.data.iloc[key].to_dict("records"), self.object_id)
        return self.data.iloc[key].to_dict()
