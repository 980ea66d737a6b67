"""A reshape that puts states of different light curves side by side."""


class LightCurveLSTM:
    def __init__(self, input_size, hidden_size, num_layers, num_classes, dropout=0.2):
        super().__init__()
        between = dropout if num_layers > 1 else 0.0
        self.lstm = nn.LSTM(input_size, hidden_size, num_layers, batch_first=True, dropout=between)
        self.classifier = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(num_layers * hidden_size, num_classes)
        )

    def forward(self, x, lengths):
        lengths = lengths.clamp(min=1).cpu()
        packed = pack_padded_sequence(rescale(x), lengths, batch_first=True, enforce_sorted=False)
        _, (hidden, _) = self.lstm(packed)
        return self.classifier(hidden.view(len(x), -1))
