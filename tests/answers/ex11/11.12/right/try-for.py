class TransientAlertSystem:
    def process_classifications(self, results):
        for alert in self.make_alerts(results):
            self.waiting.append(alert)
        sent = []
        for alert in list(self.waiting):
            try:
                self.send(alert)
            except OSError:
                break
            del self.waiting[0]
            sent.append(alert)
        if self.log:
            good = [r for r in results if r["refused"] == ""]
            n = len(good)
            line = {}
            line["n_results"] = len(results)
            line["n_refused"] = len(results) - n
            line["n_sent"] = len(sent)
            line["n_waiting"] = len(self.waiting)
            line["mean_confidence"] = sum(r["confidence"] for r in good) / n if n else float("nan")
            for r in good:
                key = "share_" + r["predicted"]
                line[key] = line.get(key, 0) + 1 / n
            self.log(line)
        return sent
