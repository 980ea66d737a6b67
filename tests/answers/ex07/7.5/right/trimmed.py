class Time2VecTransformerEncoder:
    def forward(self, features, times, lengths):
        """Cut off the rows that are padding in every light curve."""
        if features.shape[1] > self.max_seq_len:
            raise ValueError(f"{features.shape[1]} rows; max_seq_len = {self.max_seq_len}")
        longest = max(int(lengths.max()), 1)
        features, times = features[:, :longest], times[:, :longest]
        padding = self.create_padding_mask(features, lengths)
        padding = torch.where(lengths[:, None] > 0, padding, torch.zeros_like(padding))
        hidden = self.transformer(self.embed(features, times), src_key_padding_mask=padding)
        hidden = hidden.masked_fill(padding[..., None], 0.0)
        return self.classifier(hidden.sum(1) / (~padding).sum(1, keepdim=True))
