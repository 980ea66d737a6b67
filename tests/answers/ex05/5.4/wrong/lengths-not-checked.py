"""zip would stop at the shorter one, too."""


class LightCurveDataset:
    def __init__(self, lightcurves, labels, max_sequence_length=100, transform=None, classes=None):
        encoder = LabelEncoder().fit(list(classes or labels))
        self.labels = torch.as_tensor(encoder.transform(list(labels)), dtype=torch.int64)
        self.classes = encoder.classes_.tolist()
        self.max_sequence_length = max_sequence_length
        self.transform = transform
        self.rows = [self._pad_sequence(self._rows_of(each)) for each in lightcurves]
