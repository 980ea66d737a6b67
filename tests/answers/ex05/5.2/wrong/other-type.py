"""Zeros of NumPy's usual type."""


class LightCurveDataset:
    def _pad_sequence(self, sequence):
        longest = self.max_sequence_length
        if len(sequence) > longest:
            start = int(sequence[:, FLUX].argmax()) - longest // 2
            start = min(max(start, 0), len(sequence) - longest)
            return sequence[start : start + longest]
        return np.vstack([sequence, np.zeros((longest - len(sequence), sequence.shape[1]))])
