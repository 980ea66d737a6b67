"""The transform gets the rows themselves."""


class LightCurveDataset:
    def __getitem__(self, idx):
        rows = self.rows[idx]
        if self.transform is not None:
            rows = self.transform(rows)
        return torch.tensor(rows, dtype=torch.float32), self.labels[idx]
