class SurveyProcessor:
    @staticmethod
    def validate_photometry(flux, flux_err):
        if not isinstance(flux, Real) or not isinstance(flux_err, Real):
            return False
        if math.isnan(flux) or math.isnan(flux_err):
            return False
        if math.isinf(flux):
            return True
        return flux_err > 0 and abs(flux) <= MAX_FLUX and flux_err <= MAX_FLUX
