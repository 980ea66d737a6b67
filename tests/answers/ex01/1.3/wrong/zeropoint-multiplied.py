def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.asarray(flux, dtype=float)
    good = np.where(flux > 0, flux, np.nan)
    m = -2.5 * (np.log10(good) + zeropoint)
    return m if m.ndim else float(m)
