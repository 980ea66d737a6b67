"""The classes are taken as they come."""


class LightCurveDataset:
    def __init__(self, lightcurves, labels, max_sequence_length=100, transform=None, classes=None):
        if len(lightcurves) != len(labels):
            raise ValueError("lengths differ")
        self.classes = list(classes) if classes else sorted(set(labels))
        if unknown := set(labels) - set(self.classes):
            raise ValueError(f"unknown: {unknown}")
        self.labels = torch.tensor([self.classes.index(each) for each in labels])
        self.max_sequence_length = max_sequence_length
        self.transform = transform
        self.rows = [self._pad_sequence(self._rows_of(each)) for each in lightcurves]
