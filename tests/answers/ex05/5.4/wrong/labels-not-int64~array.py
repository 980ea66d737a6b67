"""An array, as scikit-learn makes it."""


class LightCurveDataset:
    def __init__(self, lightcurves, labels, max_sequence_length=100, transform=None, classes=None):
        if len(lightcurves) != len(labels):
            raise ValueError("lengths differ")
        encoder = LabelEncoder().fit(list(classes or labels))
        self.classes = encoder.classes_.tolist()
        self.labels = encoder.transform(list(labels))
        self.max_sequence_length = max_sequence_length
        self.transform = transform
        self.rows = [self._pad_sequence(self._rows_of(each)) for each in lightcurves]
