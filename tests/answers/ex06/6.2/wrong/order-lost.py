"""Sorted by length, and never put back in order."""


class LightCurveLSTM:
    def forward(self, x, lengths):
        lengths, order = lengths.clamp(min=1).cpu().sort(descending=True)
        packed = pack_padded_sequence(rescale(x[order]), lengths, batch_first=True)
        _, (hidden, _) = self.lstm(packed)
        return self.classifier(hidden[-1])
