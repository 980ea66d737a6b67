class LightCurve:
    def __str__(self):
        return self.object_id, len(self), self.bands
