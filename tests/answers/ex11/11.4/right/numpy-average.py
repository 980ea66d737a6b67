class ZTFDataPipeline:
    @staticmethod
    def nightly(lightcurve):
        table = lightcurve.data
        mjd, flux, error = (table[name].to_numpy() for name in ("mjd", "flux", "flux_err"))
        band = table["band"].to_numpy()
        night = np.floor(mjd).astype(np.int64)
        rows = []
        for n in np.unique(night):
            for b in sorted(set(band[night == n])):
                here = np.flatnonzero((night == n) & (band == b))
                seen = here[~np.isnan(flux[here])]
                if seen.size == 0:
                    i = here[np.argmin(error[here])]
                    rows.append((mjd[i], np.nan, error[i], b))
                else:
                    w = error[seen] ** -2.0
                    t = np.average(mjd[seen], weights=w)
                    rows.append((t, np.average(flux[seen], weights=w), w.sum() ** -0.5, b))
        rows = sorted(rows, key=lambda row: row[0])
        return lightcurve._with_data(pd.DataFrame(rows, columns=list(table.columns[:4])))
