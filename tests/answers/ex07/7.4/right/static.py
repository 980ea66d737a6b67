class Time2VecTransformerEncoder:
    @staticmethod
    def create_padding_mask(x, lengths):
        rows = range(x.size(1))
        return torch.tensor([[row >= n for row in rows] for n in lengths.tolist()]).to(x.device)
