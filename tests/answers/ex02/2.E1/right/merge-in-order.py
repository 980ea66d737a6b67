from heapq import merge


class LightCurve:
    def __add__(self, other: "LightCurve") -> Self:
        match other:
            case LightCurve():
                mine, theirs = (lc.data[COLUMNS].values.tolist() for lc in (self, other))
                rows = list(merge(mine, theirs, key=lambda row: row[0]))
                both = copy.deepcopy(self)
                both.data = pd.DataFrame(rows, columns=COLUMNS)
                return both
            case _:
                return NotImplemented
