class TransientAlertSystem:
    def __init__(self, alert_thresholds, send=print, log=None):
        self.alert_thresholds = {}
        for name in alert_thresholds:
            value = alert_thresholds[name]
            if value > 0 and value <= 1:
                self.alert_thresholds[name] = value
            else:
                raise ValueError("bad threshold: " + name)
        self.send, self.log = send, log
        self.announced, self.waiting = {}, []

    def make_alerts(self, results):
        alerts = []
        for r in results:
            if r["refused"]:
                continue
            best, p_best = None, -1
            for name, limit in self.alert_thresholds.items():
                p = r["probabilities"].get(name, 0)
                if p >= limit and p > p_best:
                    best, p_best = name, p
            if best is None:
                continue
            known = r["object_id"] in self.announced
            if not known:
                self.announced[r["object_id"]] = {"object_id": r["object_id"], "updates": -1}
                alerts.append(self.announced[r["object_id"]])
            entry = self.announced[r["object_id"]]
            entry["class"], entry["probability"] = best, p_best
            entry["updates"] += 1
        return alerts
