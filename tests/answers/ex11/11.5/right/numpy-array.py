class ZTFDataPipeline:
    def preprocess_for_inference(self, lightcurve):
        points = ZTFDataPipeline.nightly(lightcurve)
        found = detections(points)
        if found.sum() == 0:
            raise ValueError(f"cannot prepare {lightcurve.object_id!r}")
        table = points.data
        t = table["mjd"].to_numpy() - table.loc[found, "mjd"].iloc[0]
        low, high = self.WINDOW
        keep = (t >= low) & (t <= high)
        flux = table["flux"].to_numpy()
        scale = np.abs(flux[keep & found]).max()
        out = np.zeros((keep.sum(), 6), dtype=np.float32)
        out[:, 0] = t[keep]
        out[:, 1] = np.nan_to_num(flux[keep] / scale)
        out[:, 2] = table["flux_err"].to_numpy()[keep] / scale
        number = {name: i for i, name in enumerate(BANDS.values())}
        out[np.arange(len(out)), 3 + table["band"][keep].map(number).to_numpy()] = 1
        return torch.from_numpy(out)
