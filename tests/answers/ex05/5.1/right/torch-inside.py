import torch.nn.functional as F


class LightCurveDataset:
    def _encode_bands(self, bands):
        try:
            numbers = [{band: i for i, band in enumerate(BANDS)}[band] for band in bands]
        except KeyError as error:
            raise ValueError(f"no such band: {error}") from None
        codes = F.one_hot(torch.tensor(numbers, dtype=torch.int64), num_classes=len(BANDS))
        return codes.numpy().astype(np.float32)
