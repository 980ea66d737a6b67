class LightCurve:
    def __len__(self):
        return self.data["flux"].count()
