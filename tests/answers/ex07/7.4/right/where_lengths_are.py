class Time2VecTransformerEncoder:
    def create_padding_mask(self, x, lengths):
        rows = torch.arange(x.shape[1], device=lengths.device)
        return rows >= lengths.unsqueeze(1)
