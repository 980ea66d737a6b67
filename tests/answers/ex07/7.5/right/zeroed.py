class Time2VecTransformerEncoder:
    def embed(self, features, times):
        batch, rows, _ = features.shape
        measured = self.input_projection(rescale(features))
        out = measured.new_zeros(batch, rows, 0)
        return torch.cat([out, measured, self.time_embedding(times)], dim=2)

    def forward(self, features, times, lengths):
        rows = features.shape[1]
        if not rows <= self.max_seq_len:
            raise ValueError(f"seq_len {rows} exceeds max_seq_len {self.max_seq_len}")
        seen = ~self.create_padding_mask(features, lengths)
        zero = features.new_zeros(())
        tokens = self.embed(
            *(torch.where(seen[..., None], part, zero) for part in (features, times))
        )
        # rows of padding are those of zeros now; a light curve without observations may look at all of those
        ignore = ~seen & seen.any(dim=1, keepdim=True)
        out = self.transformer(tokens, src_key_padding_mask=ignore)
        share = seen.to(out.dtype) / seen.sum(dim=1, keepdim=True).clamp(min=1)
        return self.classifier(torch.bmm(share[:, None, :], out).squeeze(1))
