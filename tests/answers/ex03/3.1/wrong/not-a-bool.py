class SurveyProcessor:
    @staticmethod
    def validate_photometry(flux, flux_err):
        if not isinstance(flux, Real) or not isinstance(flux_err, Real):
            return False
        return np.isfinite(flux) & np.isfinite(flux_err) & (np.float64(flux_err) > 0) & (np.abs(flux) <= 1e10) & (flux_err <= 1e10)
