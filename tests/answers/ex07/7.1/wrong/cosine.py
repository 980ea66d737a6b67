"""A cosine for the sine."""


class Time2Vec:
    def forward(self, time):
        return torch.cat([self.linear(time), torch.cos(self.periodic(time))], dim=-1)
