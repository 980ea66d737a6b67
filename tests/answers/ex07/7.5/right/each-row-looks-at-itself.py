class Time2VecTransformerEncoder:
    def forward(self, features, times, lengths):
        """A mask for each light curve, in which a row of padding may look at itself."""
        seq_len = features.shape[1]
        if seq_len > self.max_seq_len:
            raise ValueError(f"{seq_len} rows, but at most {self.max_seq_len}")
        padding = self.create_padding_mask(features, lengths)
        heads = self.transformer.layers[0].self_attn.num_heads
        itself = torch.eye(seq_len, dtype=torch.bool, device=features.device)
        hidden_from = (padding[:, None, :] & ~itself).repeat_interleave(heads, dim=0)
        rows = self.transformer(self.embed(features, times), mask=hidden_from)
        weights = (~padding).float() / lengths.clamp(min=1)[:, None]
        return self.classifier(torch.einsum("bn,bnd->bd", weights, rows))
