def flux_to_magnitude(flux, zeropoint=25.0):
    import math

    if np.isscalar(flux):
        return -2.5 * math.log10(flux) + zeropoint
    flat = [-2.5 * math.log10(f) + zeropoint if f > 0 else np.nan for f in flux.ravel()]
    return np.array(flat).reshape(flux.shape)
