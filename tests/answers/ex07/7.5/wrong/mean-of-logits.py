"""First the classifier, then the mean."""


class Time2VecTransformerEncoder:
    def embed(self, features, times):
        return torch.cat([self.input_projection(rescale(features)), self.time_embedding(times)], dim=-1)

    def forward(self, features, times, lengths):
        seq_len = features.shape[1]
        if seq_len > self.max_seq_len:
            raise ValueError(f"{seq_len} rows are more than max_seq_len ({self.max_seq_len})")
        padding = self.create_padding_mask(features, lengths)
        features = features.masked_fill(padding.unsqueeze(-1), 0.0)
        times = times.masked_fill(padding.unsqueeze(-1), 0.0)
        ignored = padding & (lengths > 0).unsqueeze(1)  # without observations: look at the zeros
        out = self.transformer(self.embed(features, times), src_key_padding_mask=ignored)
        total = self.classifier(out).masked_fill(padding.unsqueeze(-1), 0.0).sum(dim=1)
        return total / lengths.clamp(min=1).unsqueeze(1)
