"""The name of the class."""


class LightCurveDataset:
    def __getitem__(self, idx):
        rows = self.rows[idx].copy()
        if self.transform is not None:
            rows = self.transform(rows)
        return torch.as_tensor(rows, dtype=torch.float32), self.classes[self.labels[idx]]
