"""The layers in a plain list."""


class Time2VecTransformerEncoder:
    def __init__(
        self,
        input_dim,
        d_model=256,
        nhead=8,
        num_layers=6,
        time_embed_dim=64,
        num_classes=5,
        max_seq_len=100,
        dropout=0.1,
    ):
        super().__init__()
        if d_model <= time_embed_dim:
            raise ValueError(f"d_model ({d_model}) must exceed time_embed_dim ({time_embed_dim})")
        if d_model % nhead:
            raise ValueError(f"d_model ({d_model}) is not divisible by nhead ({nhead})")
        self.max_seq_len = max_seq_len
        self.input_projection = nn.Linear(input_dim, d_model - time_embed_dim)
        self.time_embedding = Time2Vec(embed_dim=time_embed_dim)
        layer = nn.TransformerEncoderLayer(
            d_model, nhead, dropout=dropout, batch_first=True
        )
        self.transformer = [layer for _ in range(num_layers)]
        self.classifier = nn.Sequential(
            nn.Linear(d_model, d_model // 2),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(d_model // 2, num_classes),
        )
