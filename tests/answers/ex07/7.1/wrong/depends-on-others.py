"""Times are scaled by the longest of the batch."""


class Time2Vec:
    def forward(self, time):
        time = time / time.abs().max().clamp(min=1)
        return torch.cat([self.linear(time), torch.sin(self.periodic(time))], dim=-1)
