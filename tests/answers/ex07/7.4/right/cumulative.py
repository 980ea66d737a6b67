class Time2VecTransformerEncoder:
    def create_padding_mask(self, x, lengths):
        rows = torch.ones(x.shape[:2], device=x.device).cumsum(dim=1)
        return torch.logical_not(rows <= lengths[:, None])
