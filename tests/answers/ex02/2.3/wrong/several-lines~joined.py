class LightCurve:
    def __str__(self):
        lines = [self.object_id, f"observations: {len(self)}", f"bands: {self.bands}"]
        return "\n".join(lines)
