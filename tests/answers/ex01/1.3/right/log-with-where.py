def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.asarray(flux)
    logs = np.full(flux.shape, np.nan)
    np.log10(flux, out=logs, where=flux > 0)
    magnitude = zeropoint - 2.5 * logs
    return magnitude.item() if flux.shape == () else magnitude
