"""The deepest fading taken for the peak."""


class LightCurveDataset:
    def _pad_sequence(self, sequence):
        longest = self.max_sequence_length
        if len(sequence) <= longest:
            return np.pad(sequence, ((0, longest - len(sequence)), (0, 0)))
        start = int(np.abs(sequence[:, FLUX]).argmax()) - longest // 2
        start = min(max(start, 0), len(sequence) - longest)
        return sequence[start : start + longest]
