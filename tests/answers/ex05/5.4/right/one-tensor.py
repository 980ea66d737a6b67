class LightCurveDataset:
    def __init__(self, lightcurves, labels, max_sequence_length=100, transform=None, classes=None):
        self.max_sequence_length, self.transform = max_sequence_length, transform
        self._encoder = LabelEncoder()
        self._encoder.fit(list(classes) if classes is not None else list(labels))
        self.labels = torch.from_numpy(self._encoder.transform(list(labels))).long()
        rows = [self._pad_sequence(self._rows_of(curve)) for curve in lightcurves]
        if len(rows) != len(self.labels):
            raise ValueError("lengths differ")
        self.features = torch.tensor(np.array(rows))

    @property
    def classes(self):
        return [str(name) for name in self._encoder.classes_]

    def __len__(self):
        return self.features.shape[0]

    def __getitem__(self, idx):
        features = self.features[idx].clone()
        if self.transform is not None:
            features = torch.as_tensor(self.transform(features.numpy()), dtype=torch.float32)
        return features, self.labels[idx]
