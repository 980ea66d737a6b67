class LightCurve:
    @property
    def bands(self) -> list[str]:
        names, first = np.unique(self.data["band"].to_numpy(dtype=object), return_index=True)
        return names[np.argsort(first)].tolist()

    @property
    def duration(self) -> float:
        mjd = self.data["mjd"].to_numpy(dtype=float)
        return float(np.ptp(mjd)) if mjd.size > 1 else 0.0
