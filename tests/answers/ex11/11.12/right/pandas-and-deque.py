class TransientAlertSystem:
    def _deliver(self):
        from collections import deque

        queue, done = deque(self.waiting), []
        try:
            while queue:
                self.send(queue[0])
                done.append(queue.popleft())
        except OSError as error:
            del error
        finally:
            self.waiting = list(queue)
        return done

    def process_classifications(self, results):
        self.waiting.extend(self.make_alerts(results))
        done = self._deliver()
        if self.log is None:
            return done
        table = pd.DataFrame(list(results), columns=["refused", "predicted", "confidence"])
        answered = table[table["refused"] == ""]
        shares = answered["predicted"].value_counts(normalize=True).add_prefix("share_")
        entry = {
            "n_results": len(table),
            "n_refused": int((table["refused"] != "").sum()),
            "n_sent": len(done),
            "n_waiting": len(self.waiting),
            "mean_confidence": float(answered["confidence"].astype(float).mean()),
        }
        self.log(entry | shares.to_dict())
        return done
