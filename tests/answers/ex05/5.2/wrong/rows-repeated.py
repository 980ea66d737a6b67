"""np.resize fills up with the beginning."""


class LightCurveDataset:
    def _pad_sequence(self, sequence):
        longest = self.max_sequence_length
        if len(sequence) == 0:
            return np.zeros((longest, sequence.shape[1]), sequence.dtype)
        if len(sequence) <= longest:
            return np.resize(sequence, (longest, sequence.shape[1]))
        start = int(sequence[:, FLUX].argmax()) - longest // 2
        start = min(max(start, 0), len(sequence) - longest)
        return sequence[start : start + longest]
