class LightCurve:
    def __len__(self):
        return self.data.shape[1]
