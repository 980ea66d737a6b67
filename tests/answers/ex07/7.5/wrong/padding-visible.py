"""Padding is known by its zeros, and not by the lengths."""


class Time2VecTransformerEncoder:
    def forward(self, features, times, lengths):
        if features.shape[1] > self.max_seq_len:
            raise ValueError(f"{features.shape[1]} rows, but max_seq_len is {self.max_seq_len}")
        padding = (features == 0).all(dim=-1)
        ignored = padding & ~padding.all(dim=1, keepdim=True)
        kept = (~padding).unsqueeze(-1)
        hidden = self.transformer(self.embed(features, times), src_key_padding_mask=ignored)
        return self.classifier((hidden * kept).sum(dim=1) / kept.sum(dim=1).clamp(min=1))
