class SurveyProcessor:
    @staticmethod
    def validate_photometry(flux, flux_err):
        if not isinstance(flux, Real) or not isinstance(flux_err, Real):
            return False
        if not math.isfinite(flux) or not math.isfinite(flux_err):
            return False
        if abs(flux) > MAX_FLUX or abs(flux_err) > MAX_FLUX:
            return False
        return flux_err <= 0
