"""Zeros before the observations."""


class LightCurveDataset:
    def _pad_sequence(self, sequence):
        longest = self.max_sequence_length
        if len(sequence) <= longest:
            return np.pad(sequence, ((longest - len(sequence), 0), (0, 0)))
        start = int(sequence[:, FLUX].argmax()) - longest // 2
        start = min(max(start, 0), len(sequence) - longest)
        return sequence[start : start + longest]
