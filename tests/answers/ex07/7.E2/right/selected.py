class CausalTime2VecTransformerEncoder:
    def forward_steps(self, features, times, lengths):
        rows = features.shape[1]
        if rows > self.max_seq_len:
            raise ValueError(f"{rows} rows, at most {self.max_seq_len} are accepted")
        padding = self.create_padding_mask(features, lengths).unsqueeze(-1)
        tokens = self.embed(features.masked_fill(padding, 0.0), times.masked_fill(padding, 0.0))
        number = torch.arange(rows, device=features.device)
        out = self.transformer(tokens, mask=number[:, None] < number[None, :])
        return self.classifier(out.cumsum(dim=1) / (number + 1).view(1, -1, 1))

    def forward(self, features, times, lengths):
        steps = self.forward_steps(features, times, lengths)
        at_last = F.one_hot((lengths.long() - 1).clamp(min=0), steps.shape[1]).bool()
        return steps[at_last]
