class LightCurveDataset:
    def _pad_sequence(self, sequence):
        room, (n, width) = self.max_sequence_length, sequence.shape
        start = 0
        if n > room:
            top = min(range(n), key=lambda i: -sequence[i, FLUX])
            start = sorted([0, top - room // 2, n - room])[1]
        out = np.array(sequence[start : start + room], order="C", copy=True)
        out.resize((room, width), refcheck=False)  # fills up with zeros at the end
        return out
