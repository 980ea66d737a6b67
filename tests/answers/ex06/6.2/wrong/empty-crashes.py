"""A length of 0 cannot be packed."""


class LightCurveLSTM:
    def forward(self, x, lengths):
        packed = pack_padded_sequence(
            rescale(x), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        _, (hidden, _) = self.lstm(packed)
        return self.classifier(hidden[-1])
