"""The window starts where it should have its middle."""


class LightCurveDataset:
    def _pad_sequence(self, sequence):
        longest = self.max_sequence_length
        if len(sequence) <= longest:
            return np.pad(sequence, ((0, longest - len(sequence)), (0, 0)))
        start = min(int(sequence[:, FLUX].argmax()), len(sequence) - longest)
        return sequence[start : start + longest]
