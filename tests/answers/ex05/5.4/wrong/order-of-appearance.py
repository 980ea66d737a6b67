"""Numbered as they come."""


class LightCurveDataset:
    def __init__(self, lightcurves, labels, max_sequence_length=100, transform=None, classes=None):
        if len(lightcurves) != len(labels):
            raise ValueError("lengths differ")
        self.classes = list(dict.fromkeys(classes or labels))
        for label in labels:
            if label not in self.classes:
                raise ValueError(f"unknown label {label}")
        self.labels = torch.tensor([self.classes.index(label) for label in labels])
        self.max_sequence_length = max_sequence_length
        self.transform = transform
        self.rows = [self._pad_sequence(self._rows_of(each)) for each in lightcurves]
