class Time2VecTransformerEncoder:
    def create_padding_mask(self, x, lengths):
        seq_len = x.shape[1]
        rows = [[row >= int(n) for row in range(seq_len)] for n in lengths]
        return torch.tensor(rows, dtype=torch.bool, device=lengths.device)
