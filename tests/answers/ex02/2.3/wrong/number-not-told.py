class LightCurve:
    def __str__(self):
        return f"{self.object_id} in the bands {' '.join(self.bands)}"
