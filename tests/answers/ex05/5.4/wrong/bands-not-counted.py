"""Time, flux and error."""


class LightCurveDataset:
    @property
    def n_features(self):
        return 3
