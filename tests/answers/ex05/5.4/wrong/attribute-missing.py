"""The encoder is kept, but not the classes."""


class LightCurveDataset:
    def __init__(self, lightcurves, labels, max_sequence_length=100, transform=None, classes=None):
        if len(lightcurves) != len(labels):
            raise ValueError("lengths differ")
        self.encoder = LabelEncoder().fit(list(classes or labels))
        self.labels = torch.as_tensor(self.encoder.transform(list(labels)), dtype=torch.int64)
        self.max_sequence_length = max_sequence_length
        self.transform = transform
        self.rows = [self._pad_sequence(self._rows_of(each)) for each in lightcurves]
