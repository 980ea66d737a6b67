"""A sine around everything."""


class Time2Vec:
    def forward(self, time):
        return torch.sin(torch.cat([self.linear(time), self.periodic(time)], dim=-1))
