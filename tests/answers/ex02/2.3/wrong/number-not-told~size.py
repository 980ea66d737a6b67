class LightCurve:
    def __str__(self):
        return f"{self.object_id}: {self.data.size} observations in {self.bands}"
