class LightCurve:
    def __iter__(self):
        return self.data.itertuples(index=False)
