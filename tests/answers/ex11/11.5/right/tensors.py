class ZTFDataPipeline:
    def preprocess_for_inference(self, lightcurve):
        table = self.nightly(lightcurve).data
        table = table.assign(seen=table["flux"].abs() >= MIN_SNR * table["flux_err"])
        if not table["seen"].any():
            raise ValueError(lightcurve.object_id)
        table["day"] = table["mjd"] - table["mjd"].where(table["seen"]).min()
        table = table[(table["day"] >= -30.0) & (table["day"] <= 200.0)]
        numbers = torch.tensor(table[["day", "flux", "flux_err"]].to_numpy(dtype=float))
        seen = torch.tensor(table["seen"].to_numpy(dtype=bool))
        numbers[:, 1:] /= numbers[seen, 1].abs().max()
        bands = torch.tensor(["gri".index(name) for name in table["band"]])
        one_hot = nn.functional.one_hot(bands, 3)
        return torch.cat([numbers.nan_to_num(0.0), one_hot], dim=1).float()
