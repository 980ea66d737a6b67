"""The time comes first."""


class Time2VecTransformerEncoder:
    def embed(self, features, times):
        return torch.cat([self.time_embedding(times), self.input_projection(rescale(features))], -1)
