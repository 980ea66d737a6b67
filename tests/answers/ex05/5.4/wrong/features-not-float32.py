"""float64 throughout."""


class LightCurveDataset:
    def __getitem__(self, idx):
        rows = self.rows[idx].astype(float)
        if self.transform is not None:
            rows = self.transform(rows)
        return torch.tensor(rows), self.labels[idx]
