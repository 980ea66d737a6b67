"""Linear layers with nothing in between."""


class SimplePhotometryMLP:
    def __init__(self, input_size, hidden_sizes, num_classes, dropout=0.2):
        super().__init__()
        layers = []
        width = input_size
        for hidden_size in hidden_sizes:
            layers += [nn.Linear(width, hidden_size), nn.Dropout(dropout)]
            width = hidden_size
        self.layers = nn.Sequential(*layers)
        self.classifier = nn.Linear(width, num_classes)
