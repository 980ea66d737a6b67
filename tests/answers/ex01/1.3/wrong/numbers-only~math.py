def flux_to_magnitude(flux, zeropoint=25.0):
    from math import log10, nan

    try:
        return -2.5 * log10(flux) + zeropoint
    except ValueError:
        return nan
