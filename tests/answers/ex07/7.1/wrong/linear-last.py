"""The line comes after the sines."""


class Time2Vec:
    def forward(self, time):
        return torch.cat([torch.sin(self.periodic(time)), self.linear(time)], dim=-1)
