"""Features and time are added."""


class Time2VecTransformerEncoder:
    def embed(self, features, times):
        return self.input_projection(rescale(features)) + self.time_embedding(times)
