class SurveyProcessor:
    @staticmethod
    def validate_photometry(flux, flux_err):
        return isinstance(flux, Real) and math.isfinite(flux) and abs(flux) <= MAX_FLUX
