class LightCurve:
    def __str__(self):
        return f"Light curve with {len(self)} observations in bands {', '.join(self.bands)}"
