class LightCurve:
    def __str__(self):
        print(f"{self.object_id}: {len(self)} observations in {self.bands}")
