"""Probabilities for logits."""


class Time2VecTransformerEncoder:
    def forward(self, features, times, lengths):
        if features.shape[1] > self.max_seq_len:
            raise ValueError(f"{features.shape[1]} rows, but max_seq_len is {self.max_seq_len}")
        padding = self.create_padding_mask(features, lengths)
        ignored = padding & (lengths > 0).unsqueeze(1)
        kept = (~padding).unsqueeze(-1)
        hidden = self.transformer(self.embed(features, times), src_key_padding_mask=ignored)
        mean = (hidden * kept).sum(dim=1) / lengths.clamp(min=1).unsqueeze(1)
        return self.classifier(mean).softmax(dim=-1)
