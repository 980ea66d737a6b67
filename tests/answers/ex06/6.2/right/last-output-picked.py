class LightCurveLSTM:
    def __init__(self, input_size, hidden_size, num_layers, num_classes, dropout=0.2):
        super().__init__()
        self.rnn = nn.LSTM(
            input_size,
            hidden_size,
            num_layers=num_layers,
            dropout=dropout if num_layers > 1 else 0,
            batch_first=True,
        )
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(hidden_size, num_classes)

    def forward(self, x, lengths):
        output, _ = self.rnn(rescale(x))  # what comes later does not change an earlier output
        last = (lengths - 1).clamp(min=0)
        return self.fc(self.dropout(output[torch.arange(len(x), device=x.device), last]))
