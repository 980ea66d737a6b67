class LightCurveDataset:
    def _pad_sequence(self, sequence):
        n, longest = len(sequence), self.max_sequence_length
        if n > longest:
            middle = np.argmax(sequence[:, FLUX])
            last = np.clip(middle - longest // 2 + longest, longest, n)
            sequence = sequence[last - longest : last]
        padded = np.zeros((longest, sequence.shape[1]), dtype=np.float32)
        padded[: len(sequence)] = sequence
        return padded
