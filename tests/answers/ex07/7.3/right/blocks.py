from torch import nn


class Block(nn.Module):
    """Attention and a small network, both with a shortcut."""

    def __init__(self, d_model, nhead, dropout):
        super().__init__()
        self.attention = nn.MultiheadAttention(d_model, nhead, dropout, batch_first=True)
        self.network = nn.Sequential(nn.Linear(d_model, d_model), nn.GELU(), nn.Dropout(dropout))
        self.norms = nn.ModuleList([nn.LayerNorm(d_model), nn.LayerNorm(d_model)])

    def forward(self, x, mask):
        y = self.norms[0](x)
        x = x + self.attention(y, y, y, key_padding_mask=mask, need_weights=False)[0]
        return x + self.network(self.norms[1](x))


class Blocks(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, src, mask=None, src_key_padding_mask=None):
        for block in self.blocks:
            src = block(src, src_key_padding_mask)
        return src


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
        room = d_model - time_embed_dim
        if room < 1:
            raise ValueError(f"{d_model} - {time_embed_dim} leaves no room for the features")
        if d_model != nhead * (d_model // nhead):
            raise ValueError(f"{nhead} heads cannot share {d_model} components")
        self.max_seq_len = max_seq_len
        self.time_embedding = Time2Vec(1, time_embed_dim)
        self.input_projection = nn.Sequential(nn.Linear(input_dim, room))
        self.transformer = Blocks(Block(d_model, nhead, dropout) for _ in range(num_layers))
        self.classifier = nn.Sequential(
            nn.LayerNorm(d_model), nn.Dropout(dropout), nn.Linear(d_model, num_classes)
        )
