class Time2VecTransformerEncoder:
    def embed(self, features, times):
        rows = [
            torch.cat((self.input_projection(x), self.time_embedding(t)), dim=1)
            for x, t in zip(rescale(features), times)
        ]
        return torch.stack(rows)

    def forward(self, features, times, lengths):
        """One light curve after the other, so that there is no padding."""
        if features.size(1) > self.max_seq_len:
            raise ValueError(f"{features.size(1)} > {self.max_seq_len}")
        vectors = []
        for i, n in enumerate(lengths.tolist()):
            n = max(n, 1)
            hidden = self.transformer(self.embed(features[i : i + 1, :n], times[i : i + 1, :n]))
            vectors.append(hidden[0].mean(dim=0))
        return self.classifier(torch.stack(vectors))
