"""The features as they are."""


class Time2VecTransformerEncoder:
    def embed(self, features, times):
        return torch.cat([self.input_projection(features), self.time_embedding(times)], dim=-1)
