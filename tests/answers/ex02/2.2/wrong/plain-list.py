class LightCurve:
    def __getitem__(self, key):
        observations = self.data.to_dict("records")
        if isinstance(key, str):
            if key not in self.bands:
                raise KeyError(f"no band {key!r}, only {self.bands}")
            return [obs for obs in observations if obs["band"] == key]
        return observations[key]
