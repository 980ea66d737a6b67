"""`enforce_sorted` is left as it is."""


class LightCurveLSTM:
    def forward(self, x, lengths):
        packed = pack_padded_sequence(rescale(x), lengths.clamp(min=1).cpu(), batch_first=True)
        _, (hidden, _) = self.lstm(packed)
        return self.classifier(hidden[-1])
