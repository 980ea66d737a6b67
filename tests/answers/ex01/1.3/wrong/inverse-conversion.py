def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.array(flux, dtype=float)
    flux[flux <= 0] = np.nan
    magnitude = 10 ** (-0.4 * (flux - zeropoint))
    return float(magnitude) if magnitude.ndim == 0 else magnitude
