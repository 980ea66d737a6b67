class SurveyProcessor:
    @staticmethod
    def validate_photometry(flux, flux_err):
        for value in (flux, flux_err):
            if isinstance(value, Real) and math.isfinite(value) and abs(value) <= 1e10:
                continue
            return False
        return True if flux_err > 0 else False
