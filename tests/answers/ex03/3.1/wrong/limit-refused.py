"""`<` where the limit itself is allowed."""


class SurveyProcessor:
    @staticmethod
    def validate_photometry(flux, flux_err):
        numbers = all(isinstance(value, Real) for value in (flux, flux_err))
        # A NaN makes these comparisons false, and `bool` turns NumPy's answers into Python's.
        return bool(numbers and abs(flux) < MAX_FLUX and 0 < flux_err < MAX_FLUX)
