from copy import deepcopy
from dataclasses import dataclass
from typing import Any


def band_processor(functions):
    @dataclass(frozen=True)
    class Processor:
        by_band: Any

        def stream(self, data):
            for record in data:
                try:
                    treat = self.by_band[record["band"]] if record["band"] in self.by_band else None
                except KeyError:
                    treat = None
                yield record if treat is None else treat(deepcopy(record))

        def __call__(self, data):
            return [*self.stream(data)]

    return Processor(dict(functions))
