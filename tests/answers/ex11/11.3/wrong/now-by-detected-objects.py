import os
from pathlib import Path

import numpy as np


class ZTFDataPipeline:
    def __init__(self, data_source: str = "lasair", folder: str | Path = "data") -> None:
        if data_source not in ZTFDataPipeline.SUFFIXES:
            names = " or ".join(ZTFDataPipeline.SUFFIXES)
            raise ValueError("data_source has to be " + names)
        self.data_source = data_source
        self.folder = Path(folder)
        self.problems = dict()

    def fetch_recent_transients(
        self, lookback_days: float = 7, now: float | None = None
    ) -> list[TransientLightCurve]:
        if not os.path.isdir(self.folder):
            raise NotADirectoryError("not a folder: " + str(self.folder))
        self.problems = dict()
        objects = []
        for name in sorted(os.listdir(self.folder)):
            path = self.folder / name
            if not name.endswith(self.SUFFIXES[self.data_source]) or not path.is_file():
                continue
            try:
                lc = self.read(path)
            except Exception as exc:
                self.problems[name] = str(exc)
                continue
            if detections(lc).any():
                objects.append(lc)
        if not objects:
            return []
        if now is None:
            now = max(lc.data["mjd"].max() for lc in objects)
        start = now - lookback_days
        out = []
        for lc in objects:
            mjd = lc.data["mjd"].to_numpy()
            past = mjd <= now
            if np.any(detections(lc) & past & (mjd >= start)):
                out.append(lc._with_data(lc.data.loc[past].reset_index(drop=True)))
        return out
