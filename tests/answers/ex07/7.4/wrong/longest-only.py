"""As many columns as there could be rows."""


class Time2VecTransformerEncoder:
    def create_padding_mask(self, x, lengths):
        return torch.arange(self.max_seq_len) >= lengths.unsqueeze(1)
