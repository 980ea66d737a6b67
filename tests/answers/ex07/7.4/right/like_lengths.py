class Time2VecTransformerEncoder:
    def create_padding_mask(self, x, lengths):
        rows = lengths.new_ones(x.shape[1]).cumsum(0)
        return rows[None, :] > lengths[:, None]
