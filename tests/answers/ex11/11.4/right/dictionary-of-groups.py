class ZTFDataPipeline:
    @staticmethod
    def nightly(lightcurve):
        groups = {}
        for row in lightcurve.data.to_dict("records"):
            groups.setdefault((math.floor(row["mjd"]), row["band"]), []).append(row)
        result = []
        for (night, band), group in groups.items():
            measured = [row for row in group if not math.isnan(row["flux"])]
            if not measured:
                best = group[0]
                for row in group[1:]:
                    if row["flux_err"] < best["flux_err"]:
                        best = row
                result.append({name: best[name] for name in ("mjd", "flux", "flux_err", "band")})
                continue
            total = flux = offset = 0.0
            for row in measured:
                weight = 1 / row["flux_err"] / row["flux_err"]
                total += weight
                flux += weight * row["flux"]
                offset += weight * (row["mjd"] - night)
            result.append(
                {
                    "mjd": night + offset / total,
                    "flux": flux / total,
                    "flux_err": math.sqrt(1 / total),
                    "band": band,
                }
            )
        result.sort(key=lambda row: row["mjd"])
        columns = ["mjd", "flux", "flux_err", "band"]
        return lightcurve._with_data(pd.DataFrame(result, columns=columns))
