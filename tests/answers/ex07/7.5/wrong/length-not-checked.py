"""Any length is accepted."""


class Time2VecTransformerEncoder:
    def forward(self, features, times, lengths):
        padding = self.create_padding_mask(features, lengths)
        ignored = padding & (lengths > 0).unsqueeze(1)
        kept = (~padding).unsqueeze(-1)
        hidden = self.transformer(self.embed(features, times), src_key_padding_mask=ignored)
        mean = (hidden * kept).sum(dim=1) / lengths.clamp(min=1).unsqueeze(1)
        return self.classifier(mean)
