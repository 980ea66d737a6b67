def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.where(np.asarray(flux) > 0, flux, np.nan)
    mag = -2.5 * np.log10(flux) - zeropoint
    if mag.ndim == 0:
        return float(mag)
    return mag
