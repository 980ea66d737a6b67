import math


def flux_to_magnitude(flux, zeropoint=25.0):
    def one(value):
        return -2.5 * math.log10(value) + zeropoint if value > 0 else math.nan

    if np.ndim(flux) == 0:
        return one(flux)
    with np.errstate(invalid="ignore"):  # comparing NaN
        return np.vectorize(one, otypes=[float])(flux)
