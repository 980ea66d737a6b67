class LightCurveDataset:
    def _pad_sequence(self, sequence):
        rows = list(sequence)
        peak = max(range(len(rows)), key=lambda i: rows[i][FLUX], default=0)
        before = self.max_sequence_length // 2
        while len(rows) > self.max_sequence_length:
            if peak > before:
                rows.pop(0)
                peak -= 1
            else:
                rows.pop()
        while len(rows) < self.max_sequence_length:
            rows.append(np.zeros(sequence.shape[1]))
        return np.array(rows, dtype=sequence.dtype)
