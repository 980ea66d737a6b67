"""Nothing keeps the window inside."""


class LightCurveDataset:
    def _pad_sequence(self, sequence):
        longest = self.max_sequence_length
        if len(sequence) > longest:
            start = max(int(sequence[:, FLUX].argmax()) - longest // 2, 0)
            sequence = sequence[start : start + longest]
        return np.pad(sequence, ((0, longest - len(sequence)), (0, 0)))
