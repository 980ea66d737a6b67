class LightCurve:
    def __repr__(self):
        return f"<{type(self).__name__} {self.object_id}, {len(self)} observations>"
