class LightCurveDataset:
    def _pad_sequence(self, sequence):
        rows = torch.from_numpy(sequence.copy())
        missing = self.max_sequence_length - len(rows)
        if missing >= 0:
            return torch.nn.functional.pad(rows, (0, 0, 0, missing)).numpy()
        start = rows[:, FLUX].argmax().item() - self.max_sequence_length // 2
        start = sorted([0, start, -missing])[1]
        return rows[start : start + self.max_sequence_length].numpy()
