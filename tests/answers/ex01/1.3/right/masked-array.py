def flux_to_magnitude(flux, zeropoint=25.0):
    masked = np.ma.masked_less_equal(np.ma.masked_invalid(np.array(flux, dtype=float)), 0)
    magnitude = np.ma.filled(zeropoint - 2.5 * np.ma.log10(masked), np.nan)
    return magnitude if isinstance(flux, np.ndarray) else float(magnitude)
