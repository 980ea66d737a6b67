"""The largest entry of all is a time."""


class LightCurveDataset:
    def _pad_sequence(self, sequence):
        longest = self.max_sequence_length
        if len(sequence) <= longest:
            return np.pad(sequence, ((0, longest - len(sequence)), (0, 0)))
        start = int(sequence.max(axis=1).argmax()) - longest // 2
        start = min(max(start, 0), len(sequence) - longest)
        return sequence[start : start + longest]
