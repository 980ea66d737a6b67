class Time2VecTransformerEncoder:
    def create_padding_mask(self, x, lengths):
        batch, seq_len = x.shape[:2]
        mask = torch.ones(batch, seq_len, dtype=torch.bool, device=x.device)
        for i in range(batch):
            mask[i, : int(lengths[i])] = False
        return mask
