class LightCurve:
    def __init__(self, data: list[Observation], object_id: str = "unknown") -> None:
        rows = []
        for observation in data:
            row = {}
            for key in COLUMNS:
                if key not in observation:
                    raise ValueError(f"missing key: {key}")
                row[key] = observation[key]
            for key in ("mjd", "flux", "flux_err"):
                try:
                    row[key] = float(row[key])
                except (TypeError, ValueError):
                    raise ValueError(f"{key} must be a number, not {row[key]!r}") from None
            if math.isnan(row["mjd"]) or math.isinf(row["mjd"]):
                raise ValueError("mjd must be finite")
            rows.append(row)
        self.object_id = object_id
        self.data = pd.DataFrame(rows, columns=COLUMNS).sort_values(
            "mjd", kind="stable", ignore_index=True
        )
