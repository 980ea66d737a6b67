class LightCurveAugmentation:
    def __call__(self, lightcurve_data):
        rows = torch.tensor(lightcurve_data)
        real = rows[(rows[:, FIRST_BAND:] != 0).any(dim=1)]
        if len(real):
            kept = torch.bernoulli(torch.full((len(real),), 1 - self.drop_probability)).bool()
            kept[torch.randint(len(real), (1,))] |= ~kept.any()
            real = real[kept]
        sigma = real[:, FLUX_ERR].clone()
        real[:, FLUX] = torch.normal(real[:, FLUX], self.noise_level * sigma)
        real[:, FLUX_ERR] = sigma * (1 + self.noise_level**2) ** 0.5
        real[:, TIME] += torch.empty(1).uniform_(-self.time_shift_max, self.time_shift_max)
        result = torch.zeros_like(rows)
        result[: len(real)] = real
        return result.numpy()
