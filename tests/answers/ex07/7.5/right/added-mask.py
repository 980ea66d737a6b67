class Time2VecTransformerEncoder:
    def forward(self, features, times, lengths):
        """A mask of numbers, and nested loops for the mean."""
        batch, seq_len, _ = features.shape
        if seq_len > self.max_seq_len:
            raise ValueError((seq_len, self.max_seq_len))
        empty = (lengths == 0)[:, None]
        padding = self.create_padding_mask(features, lengths) & ~empty
        scores = torch.zeros(batch, seq_len).masked_fill(padding, float("-inf"))
        hidden = self.transformer(self.embed(features, times), src_key_padding_mask=scores)
        vectors = []
        for i in range(batch):
            total = torch.zeros_like(hidden[i, 0])
            for j in range(int(lengths[i])):
                total = total + hidden[i, j] / lengths[i]
            vectors.append(total)
        return self.classifier(torch.stack(vectors))
