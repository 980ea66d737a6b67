class ZTFDataPipeline:
    def __init__(self, data_source="lasair", folder="data"):
        suffix = self.SUFFIXES.get(data_source)
        if suffix is None:
            raise ValueError(f"not {data_source!r}, but one of {list(self.SUFFIXES)}")
        self.data_source, self.folder, self.problems = data_source, Path(folder), dict()

    def fetch_recent_transients(self, lookback_days=7, now=None):
        import os

        if not os.path.isdir(self.folder):
            raise NotADirectoryError(os.fspath(self.folder))
        self.problems.clear()
        lightcurves = []
        for name in sorted(os.listdir(self.folder)):
            path = Path(os.path.join(self.folder, name))
            if not name.endswith(self.SUFFIXES[self.data_source]) or not os.path.isfile(path):
                continue
            try:
                lightcurve = self.read(path)
            except Exception as reason:
                self.problems[name] = f"{type(reason).__name__}: {reason}"
            else:
                lightcurves.append(lightcurve)
        if now is None:
            times = [t for lc in lightcurves for t in lc.data["mjd"]]
            if not times:
                return []
            now = max(times)
        recent = []
        for lightcurve in lightcurves:
            past = lightcurve.data.query("mjd <= @now")
            cut = lightcurve._with_data(past)
            for mjd, seen in zip(cut.data["mjd"], detections(cut)):
                if seen and now - lookback_days <= mjd:
                    recent.append(cut)
                    break
        return recent
