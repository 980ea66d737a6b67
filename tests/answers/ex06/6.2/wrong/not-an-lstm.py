"""A gated recurrent unit: close, but something else."""


class LightCurveLSTM:
    def __init__(self, input_size, hidden_size, num_layers, num_classes, dropout=0.2):
        super().__init__()
        between = dropout if num_layers > 1 else 0.0
        self.gru = nn.GRU(input_size, hidden_size, num_layers, batch_first=True, dropout=between)
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(hidden_size, num_classes))

    def forward(self, x, lengths):
        lengths = lengths.clamp(min=1).cpu()
        packed = pack_padded_sequence(rescale(x), lengths, batch_first=True, enforce_sorted=False)
        _, hidden = self.gru(packed)
        return self.classifier(hidden[-1])
