class LightCurve:
    def __str__(self):
        return f"{self.object_id}, {self.duration:.2f} days, bands {self.bands}"
