class LightCurveDataset:
    def __init__(self, lightcurves, labels, max_sequence_length=100, transform=None, classes=None):
        if len(lightcurves) - len(labels):
            raise ValueError("lengths differ")
        self.classes = np.unique(labels if classes is None else classes).tolist()
        if not set(labels) <= set(self.classes):
            raise ValueError(f"some of {labels} are not in {self.classes}")
        self.labels = torch.tensor(np.searchsorted(self.classes, labels))
        self.max_sequence_length = max_sequence_length
        self.transform = transform if transform is not None else lambda rows: rows
        self.data = {}
        for i, lightcurve in enumerate(lightcurves):
            self.data[i] = self._pad_sequence(self._rows_of(lightcurve))

    def __len__(self):
        return len(self.data)

    def __getitem__(self, idx):
        label = self.labels[idx]
        return torch.tensor(self.transform(np.array(self.data[idx])), dtype=torch.float), label
