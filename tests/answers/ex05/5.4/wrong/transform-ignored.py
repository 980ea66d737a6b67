"""Nothing is done with the transform."""


class LightCurveDataset:
    def __getitem__(self, idx):
        return torch.tensor(self.rows[idx], dtype=torch.float32), self.labels[idx]
