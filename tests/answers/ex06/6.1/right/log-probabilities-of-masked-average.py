class SimplePhotometryMLP:
    def forward(self, x):
        hidden = self.layers(x * torch.tensor([0.01, 1, 1, 1, 1, 1], device=x.device))
        hidden = hidden.masked_fill(~observed(x).unsqueeze(2), float("nan"))
        mean = torch.nan_to_num(hidden.nanmean(dim=1))
        return F.log_softmax(self.classifier(mean), dim=1)
