class LightCurveLSTM:
    def __init__(self, input_size, hidden_size, num_layers, num_classes, dropout=0.2):
        super().__init__()
        self.lstm = nn.LSTM(input_size, hidden_size, num_layers, dropout=dropout, batch_first=True)
        self.classifier = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(hidden_size, hidden_size),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden_size, num_classes),
        )

    def forward(self, x, lengths):
        lengths = torch.where(lengths > 0, lengths, 1).cpu()
        packed = pack_padded_sequence(rescale(x), lengths, batch_first=True, enforce_sorted=False)
        packed_output, _ = self.lstm(packed)
        output, sizes = pad_packed_sequence(packed_output, batch_first=True)
        index = (sizes.to(x.device) - 1).view(-1, 1, 1).expand(-1, 1, output.size(2))
        return self.classifier(output.gather(1, index).squeeze(1))
