class LightCurve:
    def __str__(self):
        return f"{self.object_id}: {len(self)} observations in {len(self.bands)} bands"
