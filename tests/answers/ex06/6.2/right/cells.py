class LightCurveLSTM:
    def __init__(self, input_size, hidden_size, num_layers, num_classes, dropout=0.2):
        super().__init__()
        sizes = [input_size] + [hidden_size] * (num_layers - 1)
        self.cells = nn.ModuleList(nn.LSTMCell(size, hidden_size) for size in sizes)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(hidden_size, num_classes)
        self.hidden_size = hidden_size

    def forward(self, x, lengths):
        batch = x.shape[0]
        zeros = x.new_zeros(batch, self.hidden_size)
        states = [(zeros, zeros)] * len(self.cells)
        for t, row in enumerate(rescale(x).unbind(dim=1)):
            goes_on = (t < lengths).unsqueeze(1)
            for i, cell in enumerate(self.cells):
                new = cell(row, states[i])
                states[i] = tuple(torch.where(goes_on, n, o) for n, o in zip(new, states[i]))
                row = self.dropout(states[i][0])
        return self.classifier(self.dropout(states[-1][0]))
