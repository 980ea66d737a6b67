class Time2VecTransformerEncoder:
    def embed(self, features, times):
        return torch.cat([self.input_projection(rescale(features)), self.time_embedding(times)], 2)

    def forward(self, features, times, lengths):
        """The attention always has a row to look at; weights do the mean."""
        if not features.shape[1] <= self.max_seq_len:
            raise ValueError(f"at most {self.max_seq_len} rows, not {features.shape[1]}")
        mask = self.create_padding_mask(features, lengths.clamp(min=1))
        hidden = self.transformer(self.embed(features, times), None, mask)
        weights = torch.softmax(torch.where(mask, -torch.inf, 0.0), dim=1)
        return self.classifier(torch.einsum("bs,bsd->bd", weights, hidden))
