import operator


class LightCurve:
    @staticmethod
    def _validated(observation):
        if absent := sorted(set(COLUMNS) - set(observation), key=COLUMNS.index):
            raise ValueError("an observation lacks " + " and ".join(absent))
        for field in ("mjd", "flux", "flux_err"):
            match observation[field]:
                case Real() as t if field == "mjd" and not -math.inf < t < math.inf:
                    raise ValueError(f"mjd = {t} is no time")
                case Real():
                    pass
                case other:
                    raise ValueError(f"{field} = {other!r} is not a number")
        return operator.itemgetter(*COLUMNS)(observation)

    def __init__(self, data: list[Observation], object_id: str = "unknown") -> None:
        rows = sorted([self._validated(o) for o in data], key=operator.itemgetter(0))
        self.data, self.object_id = pd.DataFrame(rows, columns=COLUMNS), object_id
