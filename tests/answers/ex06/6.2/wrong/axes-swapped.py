"""Time and batch change places when the sequence is packed."""


class LightCurveLSTM:
    def forward(self, x, lengths):
        packed = pack_padded_sequence(rescale(x), lengths.clamp(min=1).cpu(), enforce_sorted=False)
        _, (hidden, _) = self.lstm(packed)
        return self.classifier(hidden[-1])
