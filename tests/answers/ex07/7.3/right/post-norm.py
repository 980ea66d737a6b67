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
        for name, other, fits in (
            ("time_embed_dim", time_embed_dim, d_model > time_embed_dim),
            ("nhead", nhead, d_model % nhead == 0),
        ):
            if not fits:
                raise ValueError(f"{name}={other} is impossible with d_model={d_model}")
        self.max_seq_len = max_seq_len
        self.input_projection = nn.Linear(input_dim, d_model - time_embed_dim)
        self.time_embedding = Time2Vec(embed_dim=time_embed_dim)
        layer = nn.TransformerEncoderLayer(
            d_model=d_model,
            nhead=nhead,
            dim_feedforward=16,
            dropout=dropout,
            activation="gelu",
            batch_first=True,
        )
        self.transformer = nn.TransformerEncoder(
            layer, num_layers=num_layers, norm=nn.LayerNorm(d_model)
        )
        self.classifier = nn.Linear(d_model, num_classes)
