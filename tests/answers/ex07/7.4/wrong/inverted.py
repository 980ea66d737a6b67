"""True for what is there."""


class Time2VecTransformerEncoder:
    def create_padding_mask(self, x, lengths):
        return torch.arange(x.shape[1]) < lengths.unsqueeze(1)
