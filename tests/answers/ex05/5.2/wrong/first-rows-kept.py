"""Cut off at the end."""


class LightCurveDataset:
    def _pad_sequence(self, sequence):
        padded = np.zeros((self.max_sequence_length, sequence.shape[1]), sequence.dtype)
        n = min(len(sequence), self.max_sequence_length)
        padded[:n] = sequence[:n]
        return padded
