"""from_numpy shares the memory."""


class LightCurveDataset:
    def __getitem__(self, idx):
        rows = self.rows[idx]
        if self.transform is not None:
            rows = self.transform(rows.copy())
        return torch.from_numpy(rows), self.labels[idx]
