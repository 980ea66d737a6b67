class LightCurve:
    def __iter__(self):
        if not hasattr(self, "_rows"):
            self._rows = iter(self.data.to_dict("records"))
        return self._rows
