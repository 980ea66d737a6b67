def flux_to_magnitude(flux, zeropoint=25.0):
    with np.errstate(all="ignore"):
        magnitude = -2.5 * np.log10(flux) + zeropoint
    return float(magnitude) if np.ndim(magnitude) == 0 else magnitude
