class Time2VecTransformerEncoder:
    def forward(self, features, times, lengths):
        """The layers of the transformer one after the other, for those that have observations."""
        seq_len, limit = features.shape[1], self.max_seq_len
        if seq_len > limit:
            raise ValueError(f"max_seq_len is {limit}, and there are {seq_len} rows")
        some = lengths > 0
        mean = features.new_zeros(len(lengths), self.transformer_width(features, times))
        if some.any():
            padding = self.create_padding_mask(features[some], lengths[some])
            hidden = self.embed(features[some], times[some])
            for layer in self.transformer.layers:
                hidden = layer(hidden, src_key_padding_mask=padding)
            if self.transformer.norm is not None:
                hidden = self.transformer.norm(hidden)
            total = hidden.masked_fill(padding.unsqueeze(-1), 0.0).sum(dim=1)
            mean = mean.index_put((some.nonzero().squeeze(1),), total / lengths[some].unsqueeze(1))
        return self.classifier(mean)

    def transformer_width(self, features, times):
        return self.embed(features[:1, :1], times[:1, :1]).shape[-1]
