def each_once(things):
    seen = set()
    for thing in things:
        if thing not in seen:
            seen.add(thing)
            yield thing


class LightCurve:
    @property
    def bands(self) -> list[str]:
        return [*each_once(self.data["band"])]

    @property
    def duration(self) -> float:
        times = self.data["mjd"].tolist()
        return float(max(times, default=0.0) - min(times, default=0.0))
