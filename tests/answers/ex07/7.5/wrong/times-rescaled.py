"""The times are rescaled, too."""


class Time2VecTransformerEncoder:
    def embed(self, features, times):
        return torch.cat(
            [self.input_projection(rescale(features)), self.time_embedding(rescale(times))], dim=-1
        )
