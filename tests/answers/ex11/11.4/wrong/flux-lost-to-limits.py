class ZTFDataPipeline:
    @staticmethod
    def nightly(lightcurve: TransientLightCurve) -> TransientLightCurve:
        def one(group: pd.DataFrame) -> dict[Any, Any]:
            measured = group if group["flux"].notna().any() else group[:0]
            if measured.empty:
                return group.iloc[group["flux_err"].argmin()].to_dict()
            weight = measured["flux_err"] ** -2
            mean = measured[["mjd", "flux"]].mul(weight, axis=0).sum(skipna=False) / weight.sum()
            return {**mean, "flux_err": weight.sum() ** -0.5, "band": group["band"].iloc[0]}

        data = lightcurve.data
        groups = data.groupby([np.floor(data["mjd"]), "band"])
        rows = [one(group) for _, group in groups]
        table = pd.DataFrame(rows, columns=["mjd", "flux", "flux_err", "band"])
        return lightcurve._with_data(table.sort_values("mjd"))
