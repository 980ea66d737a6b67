"""Lengths along the second axis."""


class Time2VecTransformerEncoder:
    def create_padding_mask(self, x, lengths):
        return torch.arange(x.shape[1]).unsqueeze(1) >= lengths
