import itertools
import operator


class LightCurve:
    def __add__(self, other: "LightCurve") -> Self:
        if isinstance(other, LightCurve):
            pair = (curve.data.to_dict("records") for curve in (self, other))
            rows = sorted(itertools.chain.from_iterable(pair), key=operator.itemgetter("mjd"))
            joined = copy.copy(self)
            joined.data = pd.DataFrame(rows, columns=list(self.data.columns))
            return joined
        return NotImplemented
