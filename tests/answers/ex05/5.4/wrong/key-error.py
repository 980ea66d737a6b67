"""A dictionary raises what a dictionary raises."""


class LightCurveDataset:
    def __init__(self, lightcurves, labels, max_sequence_length=100, transform=None, classes=None):
        if len(lightcurves) != len(labels):
            raise ValueError("lengths differ")
        self.classes = sorted(set(classes or labels))
        number = {name: i for i, name in enumerate(self.classes)}
        self.labels = torch.tensor([number[each] for each in labels])
        self.max_sequence_length = max_sequence_length
        self.transform = transform
        self.rows = [self._pad_sequence(self._rows_of(each)) for each in lightcurves]
