from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


class TransientAlertSystem:
    def _write_log(self, results, sent):
        if self.log is None:
            return
        ok = [result for result in results if result["refused"] == ""]
        predicted = [result["predicted"] for result in ok]
        entry = dict(
            n_results=len(results),
            n_refused=len(results) - len(ok),
            n_sent=len(sent),
            n_waiting=len(self.waiting),
            mean_confidence=float(np.mean([r["confidence"] for r in ok])) if ok else float("nan"),
        )
        entry.update({"share_" + c: predicted.count(c) / len(ok) for c in set(predicted)})
        self.log(entry)

    def process_classifications(self, results: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []
        self.waiting += self.make_alerts(results)
        if not self.waiting:
            return sent  # a quiet night
        try:
            while self.waiting:
                self.send(self.waiting[0])
                sent.append(self.waiting[0])
                del self.waiting[0]
        except OSError:
            pass
        self._write_log(results, sent)
        return sent
