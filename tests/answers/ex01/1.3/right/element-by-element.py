import warnings


def flux_to_magnitude(flux, zeropoint=25.0):
    if isinstance(flux, np.ndarray):
        magnitude = np.empty(flux.shape)
        for place, value in np.ndenumerate(flux):
            magnitude[place] = flux_to_magnitude(value, zeropoint)
        return magnitude
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        magnitude = -2.5 * np.log(flux) / np.log(10) + zeropoint
    return float(magnitude) if abs(magnitude) < np.inf else float("nan")
