"""Applied once and for all."""


class LightCurveDataset:
    def __init__(self, lightcurves, labels, max_sequence_length=100, transform=None, classes=None):
        if len(lightcurves) != len(labels):
            raise ValueError("lengths differ")
        encoder = LabelEncoder().fit(list(classes or labels))
        self.classes = encoder.classes_.tolist()
        self.labels = torch.as_tensor(encoder.transform(list(labels)), dtype=torch.int64)
        self.max_sequence_length = max_sequence_length
        self.transform = transform
        self.rows = [self._pad_sequence(self._rows_of(each)) for each in lightcurves]
        if transform is not None:
            self.rows = [transform(rows) for rows in self.rows]

    def __getitem__(self, idx):
        return torch.tensor(self.rows[idx], dtype=torch.float32), self.labels[idx]
