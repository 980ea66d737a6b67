def flux_to_magnitude(flux, zeropoint=25.0):
    clean = flux.astype(float)
    clean[clean <= 0] = np.nan
    return -2.5 * np.log10(clean) + zeropoint
