import math

import numpy as np


def flux_to_magnitude(flux, zeropoint=25.0):
    match flux:
        case np.ndarray():
            magnitudes = [flux_to_magnitude(one, zeropoint) for one in flux.flat]
            return np.array(magnitudes, dtype=float).reshape(flux.shape)
        case list() | tuple():
            return flux_to_magnitude(np.array(flux, dtype=float), zeropoint)
        case one if one > 0:
            return float(zeropoint - 5 * math.log10(one) / 2)
        case _:
            return float("nan")
