class LightCurve:
    def __getitem__(self, key):
        if isinstance(key, str):
            rows = [obs for obs in self.data.to_dict("records") if obs["band"] == key]
            if not rows:
                raise KeyError(f"no band {key!r}, only {self.bands}")
            return LightCurve(rows, object_id=self.object_id)
        if isinstance(key, slice):
            return self._with_data(self.data.iloc[key])
        return self.data.iloc[key].to_dict()
