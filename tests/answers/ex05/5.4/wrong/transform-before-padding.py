"""The transform comes before the padding."""


class LightCurveDataset:
    def __init__(self, lightcurves, labels, max_sequence_length=100, transform=None, classes=None):
        if len(lightcurves) != len(labels):
            raise ValueError(f"{len(lightcurves)} light curves but {len(labels)} labels")
        self.classes = sorted(set(labels if classes is None else classes))
        for label in labels:
            if label not in self.classes:
                raise ValueError(f"unknown label {label!r}")
        self.labels = torch.tensor([self.classes.index(x) for x in labels], dtype=torch.int64)
        self.max_sequence_length = max_sequence_length
        self.transform = transform
        self.rows = [self._rows_of(lc) for lc in lightcurves]

    def __len__(self):
        return len(self.rows)

    @property
    def n_features(self):
        return FIRST_BAND + len(BANDS)

    def __getitem__(self, idx):
        rows = self.rows[idx].copy()
        if self.transform is not None:
            rows = self.transform(rows)
        rows = self._pad_sequence(rows)
        return torch.tensor(rows, dtype=torch.float32), self.labels[idx]
