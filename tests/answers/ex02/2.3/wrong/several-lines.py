class LightCurve:
    def __str__(self):
        return f"{self.object_id}, {len(self)} observations, bands {self.bands}:\n{self.data}"
