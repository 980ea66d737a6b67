"""The sine is taken of detached angles."""


class Time2Vec:
    def forward(self, time):
        return torch.cat([self.linear(time), torch.sin(self.periodic(time).detach())], dim=-1)
