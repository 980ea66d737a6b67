"""The last row of the unpacked output, which is padding for all but the longest."""


class LightCurveLSTM:
    def forward(self, x, lengths):
        lengths = lengths.clamp(min=1).cpu()
        packed = pack_padded_sequence(rescale(x), lengths, batch_first=True, enforce_sorted=False)
        output, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        return self.classifier(output[:, -1])
