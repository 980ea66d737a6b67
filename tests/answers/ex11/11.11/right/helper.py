class TransientAlertSystem:
    def __init__(self, alert_thresholds, send=print, log=None):
        bad = [n for n, t in alert_thresholds.items() if math.isnan(t) or not 0 < t <= 1]
        if bad:
            raise ValueError(f"thresholds out of range: {', '.join(bad)}")
        self.alert_thresholds = {**alert_thresholds}
        self.send = send
        self.log = log
        self.announced = dict()
        self.waiting = list()

    def _call(self, result):
        p = pd.Series(result.get("probabilities", {}), dtype=float)
        limits = pd.Series(self.alert_thresholds, dtype=float).reindex(p.index)
        reached = p[p >= limits]
        return None if reached.empty else (reached.idxmax(), float(reached.max()))

    def make_alerts(self, results):
        before = set(self.announced)
        for result in results:
            called = self._call(result)
            if called is not None:
                name = result["object_id"]
                alert = self.announced.setdefault(name, {})
                updates = alert["updates"] + 1 if alert else 0
                alert.update(object_id=name, probability=called[1], updates=updates)
                alert["class"] = called[0]
        return [self.announced[name] for name in self.announced if name not in before]
