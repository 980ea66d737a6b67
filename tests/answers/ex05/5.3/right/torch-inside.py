class LightCurveDataset:
    def _rows_of(self, lightcurve):
        table = lightcurve.data
        values = torch.tensor(table[["mjd", "flux", "flux_err"]].to_numpy(), dtype=torch.float64)
        good = torch.isfinite(values[:, 1]) & torch.isfinite(values[:, 2])
        bands = [band for band, fine in zip(table["band"], good) if fine]
        values = values[good]
        if len(values):
            values[:, 0] -= values[0, 0].clone()
            peak = values[:, 1].abs().max()
            values[:, 1:] /= peak if peak > 0 else 1.0
        codes = torch.from_numpy(self._encode_bands(bands)) if bands else torch.zeros(0, 3)
        return torch.cat([values.float(), codes.float()], dim=1).numpy()
