class ZTFDataPipeline:
    @staticmethod
    def nightly(lightcurve):
        columns = ["mjd", "flux", "flux_err", "band"]
        data = lightcurve.data[columns].copy()
        data["night"] = data["mjd"].astype(int)
        is_limit = data["flux"].isna()
        measured, limits = data[~is_limit].copy(), data[is_limit]
        measured["w"] = 1 / measured["flux_err"] ** 2
        measured["wf"] = measured["w"] * measured["flux"]
        measured["wt"] = measured["w"] * (measured["mjd"] - measured["night"])
        sums = measured.groupby(["night", "band"])[["w", "wf", "wt"]].sum().reset_index()
        points = pd.DataFrame(
            {
                "mjd": sums["night"] + sums["wt"] / sums["w"],
                "flux": sums["wf"] / sums["w"],
                "flux_err": np.sqrt(1 / sums["w"]),
                "band": sums["band"],
            }
        )
        taken = set(zip(sums["night"], sums["band"], strict=True))
        limits = limits.sort_values(["flux_err", "mjd"]).drop_duplicates(["night", "band"])
        alone = [key not in taken for key in zip(limits["night"], limits["band"], strict=True)]
        both = [points, limits[np.array(alone, dtype=bool)][columns]]
        parts = [part for part in both if len(part)]
        table = pd.concat(parts) if parts else lightcurve.data[columns]
        return lightcurve._with_data(table.sort_values("mjd"))
