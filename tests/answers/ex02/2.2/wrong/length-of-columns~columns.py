class LightCurve:
    def __len__(self):
        return len(self.data.columns)
