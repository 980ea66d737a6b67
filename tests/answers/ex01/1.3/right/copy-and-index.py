def flux_to_magnitude(flux, zeropoint=25.0):
    values = np.atleast_1d(np.array(flux, dtype="float64", copy=True))
    values[~(values > 0)] = np.nan
    values = -np.log10(values) / 0.4
    values += zeropoint
    return values if np.shape(flux) else np.float64(values[0])
