class SurveyProcessor:
    @staticmethod
    def validate_photometry(flux, flux_err):
        if not isinstance(flux, Real) or not isinstance(flux_err, Real):
            return False
        if math.isnan(flux) or flux_err <= 0:
            return False
        return not (abs(flux) > MAX_FLUX or abs(flux_err) > MAX_FLUX)
