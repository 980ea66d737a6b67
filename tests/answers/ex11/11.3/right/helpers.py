class ZTFDataPipeline:
    def __init__(self, data_source="lasair", folder="data"):
        if data_source not in ("lasair", "ztf"):
            raise ValueError("data_source is lasair or ztf")
        self.data_source = data_source
        self.folder = Path(folder)
        self.problems = {}

    def _files(self):
        if not self.folder.exists() or not self.folder.is_dir():
            raise NotADirectoryError("no folder: " + str(self.folder))
        suffix = self.SUFFIXES[self.data_source]
        files = [p for p in self.folder.iterdir() if p.is_file() and p.suffix == suffix]
        return sorted(files, key=lambda p: p.name)

    def _read_all(self):
        self.problems = {}
        for path in self._files():
            try:
                yield self.read(path)
            except Exception as error:
                self.problems[path.name] = repr(error)

    def fetch_recent_transients(self, lookback_days=7, now=None):
        curves = list(self._read_all())
        if now is None:
            ends = [lc.data["mjd"].iloc[-1] for lc in curves if len(lc.data) > 0]
            now = max(ends, default=math.nan)

        def is_recent(curve):
            seen = curve.data[detections(curve)]
            return bool(seen["mjd"].between(now - lookback_days, now).any())

        return [lc._with_data(lc.data[lc.data.mjd <= now]) for lc in curves if is_recent(lc)]
