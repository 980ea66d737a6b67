"""Flux and error are compared with the limit together."""


class SurveyProcessor:
    @staticmethod
    def validate_photometry(flux, flux_err):
        numbers = all(isinstance(value, Real) for value in (flux, flux_err))
        # A NaN makes these comparisons false, and `bool` turns NumPy's answers into Python's.
        return bool(numbers and 0 < flux_err and abs(flux) + flux_err <= MAX_FLUX)
