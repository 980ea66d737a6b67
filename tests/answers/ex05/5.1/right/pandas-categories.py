class LightCurveDataset:
    def _encode_bands(self, bands):
        if unknown := set(bands) - set(BANDS):
            raise ValueError(f"unknown bands: {unknown}")
        column = pd.Series(pd.Categorical(bands, categories=BANDS))
        return pd.get_dummies(column).to_numpy(dtype="float32")
