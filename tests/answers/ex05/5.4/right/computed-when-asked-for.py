class LightCurveDataset:
    def __init__(self, lightcurves, labels, max_sequence_length=100, transform=None, classes=None):
        super().__init__()
        if len(labels) != len(lightcurves):
            raise ValueError("as many labels as light curves, please")
        self.lightcurves = lightcurves
        self.max_sequence_length = max_sequence_length
        self.transform = transform
        self.classes = sorted(set(labels) if classes is None else set(classes))
        self.codes = {name: i for i, name in enumerate(self.classes)}
        for label in labels:
            if label not in self.codes:
                raise ValueError(f"{label} is not one of {self.classes}")
        self.labels = torch.tensor([self.codes[label] for label in labels], dtype=torch.long)

    def __len__(self):
        return len(self.lightcurves)

    @property
    def n_features(self):
        return 3 + len(BANDS)

    def __getitem__(self, idx):
        if idx >= len(self):
            raise IndexError(idx)
        features = self._pad_sequence(self._rows_of(self.lightcurves[idx]))
        if self.transform:
            features = self.transform(features)
        return torch.from_numpy(features).float(), self.labels[idx]
