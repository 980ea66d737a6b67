"""The brightest observations, not a window."""


class LightCurveDataset:
    def _pad_sequence(self, sequence):
        longest = self.max_sequence_length
        if len(sequence) <= longest:
            return np.pad(sequence, ((0, longest - len(sequence)), (0, 0)))
        return sequence[np.sort(np.argsort(-sequence[:, FLUX])[:longest])]
