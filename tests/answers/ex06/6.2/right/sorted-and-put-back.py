class LightCurveLSTM:
    def __init__(self, input_size, hidden_size, num_layers, num_classes, dropout=0.2):
        super().__init__()
        between = dropout if num_layers > 1 else 0.0
        self.lstm = nn.LSTM(input_size, hidden_size, num_layers, dropout=between)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(hidden_size, num_classes)

    def forward(self, x, lengths):
        lengths, order = torch.sort(lengths.clamp_min(1), descending=True)
        steps = rescale(x)[order].transpose(0, 1)  # time first
        _, (hidden, _) = self.lstm(pack_padded_sequence(steps, lengths.cpu()))
        return self.head(self.dropout(hidden[-1]))[torch.argsort(order)]
